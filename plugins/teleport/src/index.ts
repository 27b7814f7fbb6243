/** The `&` prefix: a line runs in the background, in a copy of the work tree. */
export { teleport as default, teleport } from './plugin.ts';
export { askMeaning } from './submit/ask-meaning.ts';
export { isMeantAsCommand } from './submit/meant-command.ts';
export { networkFor, type NetworkWishes } from './submit/network.ts';
export type { TeleportOptions } from './options.ts';
export { tidyDaily } from './tidy.ts';
export { deliverKept } from './deliver-kept.ts';
export { keptFor } from './kept-for.ts';
export { remoteSource, seenFromHere } from './server.ts';
export type { Connect, Elsewhere, GitRemote, Server, ServerLogin, StartMode } from './server.ts';
