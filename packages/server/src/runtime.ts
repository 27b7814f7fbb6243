/**
 * The prefish that runs inside a task: one folder of files bound read-only into the sandbox, called by
 * absolute path and never on PATH.
 */
export interface Runtime {
  /** What to bind where. Targets lie below `/run/prefish`. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** The command inside the sandbox, without arguments: `['/run/prefish/bin/node', '/run/prefish/dist/main.mjs']`. */
  readonly command: readonly [string, ...string[]];
  /** The same command outside one, for tasks that run unsandboxed. */
  readonly hostCommand: readonly [string, ...string[]];
}
