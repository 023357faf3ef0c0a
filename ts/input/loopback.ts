/** Whether a URL leads to this machine alone: where plain http is allowed. */
export const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
