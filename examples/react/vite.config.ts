import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The development server puts scripts and styles into the page, which the policy in index.html forbids. */
const withoutPolicyInDevelopment: Plugin = {
  name: "without-policy-in-development",
  apply: "serve",
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ""),
};

export default defineConfig({
  plugins: [react(), withoutPolicyInDevelopment],
  // React, the MCP client and inkan are 194 KB compressed. Vite warns by the size before.
  build: { chunkSizeWarningLimit: 800 },
  // The MCP server answers the page of this origin only.
  server: { port: 5173, strictPort: true },
  preview: { port: 5173, strictPort: true },
});
