/** What the full name of a git object looks like, in SHA-1 or SHA-256: never an option, never a name of a ref. */
export const objectIdPattern: RegExp = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
