/** The prefish server: takes tasks, runs them, and keeps what came of them. */
export type { Log } from './log.ts';
export type { BoundPath, Offer, Runtime } from './runtime.ts';
export { createSandbox } from './sandbox/create-sandbox.ts';
export { checkGrantedMounts } from './sandbox/granted-mounts.ts';
export type { Sandbox } from './sandbox/sandbox.ts';
export { AlreadyRunningError } from './server-lock.ts';
export { startWorker, type RunningWorker, type WorkerOptions } from './cluster/start-worker.ts';
export { Accounts, type ListedAccount } from './auth/accounts.ts';
export type { IssuedToken } from './auth/access-tokens.ts';
export type { LoginCode } from './auth/login-codes.ts';
export type { AuditEntry } from './auth/audit.ts';
export { folderUse } from './housekeeping/folder-use.ts';
export { accountUse, type AccountUse } from './serve/account-use.ts';
export { accountsPath } from './serve/accounts-path.ts';
export type { ServeLimits, ServeOptions } from './serve/serve-options.ts';
export { startServer, type RunningServer, type ServerOptions } from './server.ts';
