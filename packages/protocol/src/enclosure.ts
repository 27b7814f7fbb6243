/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What goes along with a line that is teleported, beside the work tree. Kept with the task: never a secret. */
export interface Enclosure {
  /** What the prefix tells itself. */
  readonly settings?: Json;
  /** Texts by the name of their file, which is a plain name (`conversation.md`). */
  readonly files?: Readonly<Record<string, string>>;
}

/** The protocols of model APIs that the gateway of a task speaks. OpenAI's is spoken by many others. */
export type ModelApi = 'anthropic' | 'openai' | 'google';

/** Every {@link ModelApi}. */
export const modelApis: readonly ModelApi[] = ['anthropic', 'openai', 'google'];

/**
 * Leave to use a model, for one task. The gateway adds it to requests outside of the sandbox; it is in
 * no task, event, log or error, and is forgotten when the task has ended.
 */
export interface ModelAccess {
  readonly api: ModelApi;
  /** Where the API begins, its version left out: `https://api.anthropic.com`, `https://llm.example.com/openai`. */
  readonly url: string;
  readonly secret: string;
  /** The header that carries the secret: as it is, or in `authorization` as a bearer token (RFC 6750). */
  readonly header: 'x-api-key' | 'x-goog-api-key' | 'authorization';
  /** Further headers that the credential asks for: an account's id. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The variable that names the folder in which a task finds what came along with it. */
export const taskFolderVariable = 'PREFISH_TASK_FOLDER';

/** `task.json` in that folder. Everything else that it names lies beside it. */
export interface TaskFolder {
  readonly settings?: Json;
  /** Names of files, in the folder `files`. */
  readonly files: readonly string[];
  /** The gateway to models: it listens on the socket `gateway.sock`, and knows the task by `token`. */
  readonly gateway?: { readonly token: string; readonly apis: readonly ModelApi[] };
  /** An HTTP proxy (CONNECT, and absolute `http:` URLs) to the hosts that are allowed: it listens on `proxy.sock`. */
  readonly proxy?: true;
  /** The hosts among these that are the machine's own loopback, each with its port: `localhost:4873`. */
  readonly local?: readonly string[];
}
