/** The prefish server: takes tasks, runs them, and keeps what came of them. */
export type { Log } from './log.ts';
export type { BoundPath, Offer, Runtime } from './runtime.ts';
export { AlreadyRunningError } from './server-lock.ts';
export { startServer, type RunningServer, type ServerOptions } from './server.ts';
