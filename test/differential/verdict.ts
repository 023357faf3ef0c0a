export type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: string; readonly message: string };
