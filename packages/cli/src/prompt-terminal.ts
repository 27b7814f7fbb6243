import type { TerminalHost } from '@prefish/terminal';

/** The terminal of the prompt, while there is one: an error that ends prefish gives it back first. */
export const promptTerminal: { current?: TerminalHost } = {};
