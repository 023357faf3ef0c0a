import "./style.css";

export const metadata = { title: "Tools that their publisher signed" };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
