/** What a header of HTTP may be (RFC 9110, sections 5.1 and 5.5; values in Latin-1, as `fetch` has it). */

export const isHeaderName = (text: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);

export const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
