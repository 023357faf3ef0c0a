/** Git refs (git-check-ref-format) with the wildcards `*` and `**`, which git does not allow in a ref. */

export const REF_RULES =
  "No git ref is so: blanks, \\, ~, ^, :, ?, [, .., // and @{ never stand in one, no part begins with a dot or ends with .lock, and none ends with a dot or a slash.";

/** Whether a git ref can match. */
export const isRefPattern = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids them.
  !/[\x00-\x20\x7f\\~^:?[]|\.\.|\/\/|@\{|\*\*\*/.test(text) && !/(^|\/)\.|\.lock(\/|$)|[./]$/.test(text);
