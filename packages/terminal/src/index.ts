/** What a person sees: the hosts for the kernel, the presenters, the prompt. */
export { createJsonHost, type JsonHost } from './host/json-host.ts';
export { createTerminalHost, type TerminalHost, type TerminalHostOptions } from './host/terminal-host.ts';
export type { Line, LineEditor } from './editor/line-editor.ts';
export { formatError, type Complaint } from './present/error.ts';
export { runPrompt, type PromptOptions } from './prompt.ts';
