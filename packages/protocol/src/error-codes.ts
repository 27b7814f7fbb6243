/** What is known about an error by its code alone. */
export interface ErrorCode {
  /** One sentence: what has happened whenever this code is seen. */
  readonly summary: string;
  /** prefish's exit code for it: 1 failed · 2 usage, configuration, refused · 3 server · 4 not found · 5 conflict · 130 interrupted. */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 130;
  /** The HTTP status under which the server reports it, where it does. */
  readonly status?: number;
}

/** The registry: every code that prefish's own packages use. `docs/errors.md` is made from it. */
export const errorCodes = {
  // The shell
  PREFISH_USAGE: { summary: 'The command line or the arguments of a command were not understood.', exit: 2 },
  PREFISH_UNKNOWN_COMMAND: { summary: 'No plugin has registered a command of that name.', exit: 2 },
  PREFISH_TOKEN_CONFLICT: { summary: 'Two prefixes claim the same token, so neither gets it.', exit: 2 },
  PREFISH_TOKEN_INVALID: {
    summary: 'A prefix asks for a token that is reserved, or holds a space or a control character.',
    exit: 2,
  },
  PREFISH_PREFIX_UNAVAILABLE: {
    summary:
      'The owner of this prefix is missing, disabled, failed to load or has another token; the line was not sent elsewhere.',
    exit: 2,
  },
  PREFISH_NO_OWNER: { summary: 'No prefix matches the line and no plugin takes plain text.', exit: 2 },
  PREFISH_DENIED: { summary: 'A policy refused the line.', exit: 2 },
  PREFISH_DECLINED: { summary: 'The person who was asked said no; nothing was run.', exit: 2 },
  PREFISH_INTERRUPTED: { summary: 'The line was interrupted before it ended.', exit: 130 },
  PREFISH_NO_TTY: { summary: 'A question had to be asked and there is no terminal to ask it in.', exit: 2 },
  PREFISH_NOT_A_FOLDER: {
    summary: 'The folder to work in does not exist, is no folder, or cannot be entered.',
    exit: 2,
  },
  PREFISH_INTERNAL: { summary: 'prefish itself failed; PREFISH_DEBUG=1 shows where.', exit: 1 },
  // Plugins
  PREFISH_PLUGIN_INVALID: {
    summary: 'What was given as a plugin is none, or its definition is incomplete.',
    exit: 2,
  },
  PREFISH_PLUGIN_API: { summary: 'The plugin was written for another version of the plugin API.', exit: 2 },
  PREFISH_PLUGIN_OPTIONS: { summary: 'The options of a plugin do not fit its schema.', exit: 2 },
  PREFISH_PLUGIN_SETUP: { summary: 'The plugin threw while it was set up; it stays unloaded.', exit: 2 },
  PREFISH_PLUGIN_DUPLICATE: { summary: 'Something of that name or id is registered already.', exit: 2 },
  PREFISH_PLUGIN_CLOSED: { summary: 'The plugin used its context after the shell had closed it.', exit: 2 },
  PREFISH_PLUGIN_FAILED: { summary: 'A handler of the plugin threw.', exit: 1 },
  PREFISH_PLUGIN_DETACHED: {
    summary: 'A handler ignored its signal past the grace period and was left behind.',
    exit: 1,
  },
  PREFISH_PLUGIN_LATE: {
    summary:
      'Something of the plugin threw after what it belonged to had ended: in a timer, or in a promise that nobody awaited.',
    exit: 1,
  },
  PREFISH_PLUGIN_OUTPUT: {
    summary: 'The plugin wrote to the standard output or error of prefish itself; ctx.out is for that.',
    exit: 1,
  },
  PREFISH_PLUGIN_EXIT: {
    summary: 'The plugin tried to end the process; the outcome { type: "exit" } is for that.',
    exit: 1,
  },
  PREFISH_PLUGIN_NOT_FOUND: { summary: 'The module of a plugin was not found.', exit: 2 },
  PREFISH_PLUGIN_LOAD: { summary: 'The module of a plugin could not be loaded.', exit: 2 },
  PREFISH_PLUGIN_INSTALL: {
    summary: 'A plugin could not be installed, updated or removed; what was there before is there still.',
    exit: 1,
  },
  PREFISH_SCAFFOLD_EXISTS: {
    summary: 'The folder for a new plugin is not empty; nothing was written.',
    exit: 5,
  },
  PREFISH_HOOK_LATE: {
    summary: 'A function that a plugin tapped into a hook did not answer in time.',
    exit: 1,
  },
  PREFISH_HOOK_FAILED: { summary: 'A function that a plugin tapped into a hook threw.', exit: 1 },
  PREFISH_HOOK_PROMISE: {
    summary: 'A function tapped with tap() returned a promise; tapPromise() is for that.',
    exit: 1,
  },
  PREFISH_CLEANUP_FAILED: { summary: 'The cleanup of a plugin threw or did not end in time.', exit: 1 },
  // Configuration
  PREFISH_CONFIG_MISSING: { summary: 'The configuration file that was named is not there.', exit: 2 },
  PREFISH_CONFIG_UNREADABLE: {
    summary: 'A configuration file could not be read, parsed or run.',
    exit: 2,
  },
  PREFISH_CONFIG_INVALID: {
    summary: 'A configuration file holds something that does not belong there.',
    exit: 2,
  },
  PREFISH_UNTRUSTED: {
    summary:
      'The configuration of this folder would run code, or send lines elsewhere, and nobody has trusted it yet.',
    exit: 2,
  },
  PREFISH_TRUST_CHANGED: {
    summary: 'A file that the trusted configuration of this folder loads has changed since it was trusted.',
    exit: 2,
  },
  // Task sources
  PREFISH_TASK_SOURCE_FAILED: { summary: 'A source of background tasks could not be asked.', exit: 3 },
  PREFISH_TASK_NOT_FOUND: {
    summary: 'No task has that id, number or prefix of an id.',
    exit: 4,
    status: 404,
  },
  PREFISH_TASK_AMBIGUOUS: {
    summary: 'Several tasks have ids that begin like this.',
    exit: 2,
    status: 409,
  },
  PREFISH_TASK_ACTION: { summary: 'The source of this task does not offer that action.', exit: 2 },
  PREFISH_TASK_STATE: {
    summary: 'The task is not in a state in which that can be done.',
    exit: 2,
    status: 409,
  },
  PREFISH_FILE_NOT_KEPT: {
    summary: 'No file of that path was kept of the task.',
    exit: 4,
    status: 404,
  },
  PREFISH_FILE_EXISTS: {
    summary: 'A file is there already, and nothing is overwritten.',
    exit: 5,
  },
  PREFISH_MESSAGE_UNREAD: {
    summary: 'A message was sent to a task that ended before it took it.',
    exit: 1,
  },
  PREFISH_WAIT_TIMEOUT: { summary: 'The tasks waited for had not ended in the time given.', exit: 1 },
  // Shell and memory
  PREFISH_SHELL_MISSING: { summary: 'The user’s shell cannot be started.', exit: 1 },
  PREFISH_SHELL_RC: { summary: 'The user’s rc file was not read to its end.', exit: 1 },
  PREFISH_SHELL_HELD: { summary: 'A command cannot go to the background, or be reached there.', exit: 1 },
  PREFISH_MEMORY_EMPTY: { summary: 'There is no note after the prefix.', exit: 2 },
  PREFISH_MEMORY_WRITE: { summary: 'The memory file could not be written; it is as it was.', exit: 1 },
  PREFISH_MEMORY_UNDO: { summary: 'There is no note to take back, or the file no longer holds it.', exit: 4 },
  PREFISH_MEMORY_HIDDEN: {
    summary: 'An agent reads another file in place of the one that holds the notes.',
    exit: 1,
  },
  PREFISH_MEMORY_SHARED: {
    summary: 'A memory file that is for one person alone is not ignored by git.',
    exit: 1,
  },
  PREFISH_LOCKED: { summary: 'Another process held the lock for too long.', exit: 1 },
  // Agents
  PREFISH_AGENT_MISSING: { summary: 'Plain text goes to a coding agent, and none was found.', exit: 2 },
  PREFISH_AGENT_UNKNOWN: {
    summary: 'The agent that was named is not known, or is not on this machine.',
    exit: 2,
  },
  PREFISH_AGENT_SEVERAL: { summary: 'Several agents were found and nobody could be asked.', exit: 1 },
  PREFISH_AGENT_START: { summary: 'The agent could not be started.', exit: 1 },
  PREFISH_AGENT_SLOW: { summary: 'The agent takes long to answer, or to stop.', exit: 1 },
  PREFISH_AGENT_VERSION: {
    summary: 'The agent speaks another version of the Agent Client Protocol.',
    exit: 1,
  },
  PREFISH_AGENT_PROTOCOL: {
    summary: 'The agent does not speak the Agent Client Protocol, or did not answer in time.',
    exit: 1,
  },
  PREFISH_AGENT_LOGIN: { summary: 'The agent wants its user to log in first.', exit: 2 },
  PREFISH_AGENT_ENDED: { summary: 'The agent ended while it worked on a message.', exit: 1 },
  PREFISH_AGENT_FAILED: { summary: 'The agent answered with an error.', exit: 1 },
  PREFISH_AGENT_STOPPED: {
    summary: 'The agent stopped before it was done: at a limit of its own, or because it refused.',
    exit: 1,
  },
  PREFISH_AGENT_PERMISSION: {
    summary: 'The agent asked for permission and nobody was there to give it.',
    exit: 1,
  },
  PREFISH_CREDENTIAL_MISSING: {
    summary: 'There is no credential for a model that the line could use in a task; it does not run.',
    exit: 2,
    status: 422,
  },
  PREFISH_KEY_INVALID: { summary: 'That is no name of a key, or no value for one.', exit: 2 },
  PREFISH_KEY_NOT_FOUND: { summary: 'There is no key of that name.', exit: 4 },
  PREFISH_KEYS_UNREADABLE: { summary: 'The file of the keys cannot be read, or others can.', exit: 1 },
  PREFISH_MODEL_UNREACHABLE: {
    summary: 'A task could not reach the API of its model, or the API took no request of it.',
    exit: 1,
  },
  PREFISH_AGENT_SESSION: { summary: 'An earlier conversation with the agent cannot be continued.', exit: 4 },
  // Teleport
  PREFISH_GIT_MISSING: { summary: 'git was not found, or is older than 2.38.', exit: 2 },
  PREFISH_GIT_FAILED: { summary: 'A git command failed.', exit: 1 },
  PREFISH_SNAPSHOT_FAILED: { summary: 'The folder could not be captured; nothing was sent.', exit: 1 },
  PREFISH_NOT_CAPTURED: {
    summary: 'Something in the folder could not go along with the line, or not as it is; the rest was sent.',
    exit: 1,
  },
  PREFISH_SNAPSHOT_REFUSED: {
    summary:
      'This folder is not one to send as a whole (a home folder, the root of the disk), or what changed in it is large and nobody agreed to send it.',
    exit: 2,
  },
  PREFISH_TELEPORT_NESTED: {
    summary: 'A line inside a task asked to be teleported; tasks do not start tasks.',
    exit: 2,
    status: 422,
  },
  PREFISH_MEANT_COMMAND: {
    summary: 'A message for the agent reads like a command; it was sent all the same.',
    exit: 2,
  },
  PREFISH_TELEPORT_NEEDS: {
    summary: 'The line needs something that it would not have where it is teleported to; nothing was sent.',
    exit: 2,
  },
  PREFISH_OPTION_UNKNOWN: { summary: 'A leading option of a prefix is not known.', exit: 2 },
  PREFISH_BRANCH_EXISTS: {
    summary: 'A branch of that name is there already, and would have been moved.',
    exit: 5,
  },
  PREFISH_APPLY_CONFLICT: {
    summary: 'The result and the work here change the same lines; nothing was changed.',
    exit: 5,
  },
  PREFISH_APPLY_FAILED: { summary: 'The result could not be written; every file is as it was.', exit: 1 },
  PREFISH_RESULT_RISKY: {
    summary: 'A result holds files that other programs run or obey, such as workflows, hooks and settings.',
    exit: 1,
  },
  PREFISH_PUBLISH_FAILED: {
    summary: 'A result was pushed, and the program that should have asked for it to be merged failed.',
    exit: 1,
  },
  PREFISH_NOTHING_TO_APPLY: { summary: 'The task has no result to bring home.', exit: 2 },
  PREFISH_NOTHING_TO_UNDO: { summary: 'There is no apply to take back.', exit: 4 },
  PREFISH_UNDO_CONFLICT: {
    summary: 'A file was edited since the apply, where the undo would write; nothing was changed.',
    exit: 5,
  },
  PREFISH_FOLDER_UNUSABLE: {
    summary: 'A folder in which prefish keeps its things cannot be made or written.',
    exit: 2,
  },
  PREFISH_NO_SPACE: {
    summary: 'The disk is full, or a quota is reached; nothing was half-written.',
    exit: 1,
    status: 507,
  },
  PREFISH_SYSTEM: {
    summary: 'The system refused a file or a resource: permission, a read-only disk, too many open files.',
    exit: 1,
  },
  // Server
  PREFISH_SERVER_UNREACHABLE: { summary: 'The server does not answer.', exit: 3 },
  PREFISH_SERVER_START: { summary: 'The background server of this machine could not be started.', exit: 3 },
  PREFISH_SERVER_VERSION: { summary: 'The server speaks another version of the protocol.', exit: 3 },
  PREFISH_SERVER_REFUSED: { summary: 'The server refused the request.', exit: 3 },
  PREFISH_SERVER_ANSWER: {
    summary: 'What answered is no server of prefish, or something stands between.',
    exit: 3,
  },
  PREFISH_SERVER_INTERNAL: { summary: 'The server failed; its log says more.', exit: 3, status: 500 },
  PREFISH_SERVER_CERTIFICATE: {
    summary: 'The certificate of the server is not one that this machine trusts.',
    exit: 3,
  },
  PREFISH_LOGIN_REQUIRED: {
    summary: 'The server asks who this is: there is no token for it, or the token was revoked.',
    exit: 3,
    status: 401,
  },
  PREFISH_LOGIN_CODE: {
    summary: 'That is no code to log in with, or it was used, or it is too old.',
    exit: 3,
    status: 403,
  },
  PREFISH_FORBIDDEN: { summary: 'The token may not do this.', exit: 3, status: 403 },
  PREFISH_ACCOUNT_INVALID: {
    summary: 'That is no name for an account, or there is one of that name.',
    exit: 2,
  },
  PREFISH_ACCOUNT_NOT_FOUND: { summary: 'The server has no account of that name.', exit: 4 },
  PREFISH_SSH_FAILED: {
    summary: 'The other machine was not reached by ssh, or prefish is not installed there.',
    exit: 3,
  },
  PREFISH_REQUEST_INVALID: { summary: 'The request does not fit the schema.', exit: 3, status: 400 },
  PREFISH_REQUEST_TOO_LARGE: {
    summary: 'The body of the request is longer than the server takes.',
    exit: 3,
    status: 413,
  },
  PREFISH_REQUEST_TIMEOUT: {
    summary: 'The request did not arrive in time; nothing was done.',
    exit: 3,
    status: 408,
  },
  PREFISH_SIGNED_OUT: {
    summary: 'The browser is not signed in, or no longer; prefish tasks open signs one in.',
    exit: 3,
    status: 401,
  },
  PREFISH_SIGN_IN_CODE: {
    summary: 'That is no code to sign in with, or it was used, or it is too old.',
    exit: 3,
    status: 403,
  },
  PREFISH_ORIGIN_REFUSED: {
    summary: 'A request for the page came from another page, or by another name than the page has.',
    exit: 3,
    status: 403,
  },
  PREFISH_TOKEN_NOT_FOUND: { summary: 'The account has no token of that id.', exit: 4, status: 404 },
  PREFISH_SESSION_NOT_FOUND: { summary: 'No browser is signed in under that id.', exit: 4, status: 404 },
  PREFISH_PAGE_MISSING: {
    summary: 'The files of the page were not built, or are gone.',
    exit: 3,
    status: 500,
  },
  PREFISH_ROUTE_UNKNOWN: { summary: 'The server has no such path.', exit: 3, status: 404 },
  PREFISH_PREFIX_UNSUPPORTED: {
    summary: 'The server has no plugin for the prefix of this line.',
    exit: 2,
    status: 422,
  },
  PREFISH_SNAPSHOT_UNKNOWN: {
    summary: 'The snapshot named by a task has not reached the server.',
    exit: 3,
    status: 422,
  },
  PREFISH_NETWORK_UNSUPPORTED: {
    summary: 'The server does not offer that network level.',
    exit: 2,
    status: 422,
  },
  PREFISH_NETWORK_DENIED: {
    summary: 'A task asked for a host that its configuration does not allow it to reach.',
    exit: 1,
  },
  PREFISH_UNSANDBOXED: {
    summary: 'No sandbox works on this machine; the line runs in its own copy of the folder, uncontained.',
    exit: 1,
  },
  PREFISH_SANDBOX_MISSING: {
    summary: 'No sandbox works on this machine and the line may not run without one.',
    exit: 3,
    status: 422,
  },
  PREFISH_LIMIT: { summary: 'A limit of the server is reached.', exit: 3, status: 429 },
  PREFISH_TASK_LIMIT: {
    summary: 'A task used more memory or disk, or made more files, than it may.',
    exit: 1,
  },
  PREFISH_STORE_CORRUPT: {
    summary: 'The database file is damaged; it was kept as it is.',
    exit: 3,
    status: 500,
  },
  PREFISH_STORE_UNREACHABLE: {
    summary: 'The database that several servers and workers share does not answer.',
    exit: 3,
    status: 503,
  },
  PREFISH_STORE_VERSION: { summary: 'The database was written by a newer prefish.', exit: 3, status: 500 },
  PREFISH_STALE_ATTEMPT: {
    summary: 'A worker wrote for an attempt that is no longer the current one; the write was refused.',
    exit: 3,
    status: 409,
  },
  PREFISH_CARRY_FAILED: {
    summary: 'A path that was to go along with a task could not be copied, or not wholly.',
    exit: 1,
  },
  PREFISH_RESULT_PARTIAL: {
    summary: 'Some files that a task left could not be kept in its result.',
    exit: 1,
  },
  PREFISH_SETUP_FAILED: {
    summary: 'The set-up command of a task failed; its line did not run.',
    exit: 1,
  },
  PREFISH_WORKSPACE_FAILED: { summary: 'The workspace of a task could not be prepared.', exit: 1 },
} as const;

/** A code of the registry. */
export type ErrorCodeName = keyof typeof errorCodes;
