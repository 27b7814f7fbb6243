/** What a project's configuration asks for beyond renaming prefixes. */
export interface TrustRequest {
  /** The folder that is trusted: the repository's root, or the configuration's own folder. Absolute, real path. */
  readonly root: string;
  /**
   * Configuration files, and the modules that they name as plugins: absolute paths. What these import is found
   * by trust itself, and so are the files that a script names in its strings (`plugins: ['./notes.ts']`).
   */
  readonly files: readonly string[];
  /** What would happen, a sentence each, for the question: `run prefish.config.ts`, `send lines to https://…`. */
  readonly effects: readonly string[];
  /**
   * What was read of these files already, by path. These bytes are judged, and the file is not read again, so
   * that what is trusted is what is used.
   */
  readonly contents?: ReadonlyMap<string, Uint8Array>;
  /** Further files that may be loaded, named by hand, because no scan can find them. */
  readonly added?: readonly string[];
}

/** A file that a configuration loads. */
export interface InspectedFile {
  /** Absolute, real path; `…/package.json#prefish` where that part alone counts. */
  readonly path: string;
  /** SHA-256 of its content, as hex digits. */
  readonly hash: string;
  /** How it differs from what was trusted last, where something was. */
  readonly since?: 'new' | 'changed';
}

/** Everything that a request would load, as far as reading can tell. */
export interface Inspection {
  readonly root: string;
  readonly files: readonly InspectedFile[];
  /** Files that were named by hand, now or when the folder was trusted before, and what these import. */
  readonly added: readonly InspectedFile[];
  /** The request's effects, and what the scan has found besides: modules outside of the root. */
  readonly effects: readonly string[];
  /** What the scan could not follow, a sentence each: a file that cannot be parsed. */
  readonly remarks: readonly string[];
}

/** What was trusted once. */
export interface GrantedTrust {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** SHA-256 by path: relative to the root, with `/`; absolute for a file outside of it; `package.json#prefish` for that part of it. */
  readonly files: Readonly<Record<string, string>>;
  /** Those of the paths that no scan had found. */
  readonly added: readonly string[];
  readonly effects: readonly string[];
}

/** A folder whose configuration may run, with the contents that were trusted, newest first. */
export interface TrustedFolder {
  readonly root: string;
  readonly grants: readonly GrantedTrust[];
}

/**
 * - `trusted`: exactly this content was trusted
 * - `changed`: this configuration was trusted, with other content
 * - `declined`: "never" was the answer for exactly this content
 * - `unknown`: nobody was asked yet
 */
export type TrustAnswer = 'trusted' | 'unknown' | 'changed' | 'declined';

/**
 * What the user has trusted, by folder and content. A request is read once: whatever is asked about the same
 * request object afterwards is about the content that was read then.
 */
export interface Trust {
  /**
   * Whether exactly this content is trusted; installs the load guard for the root when it is. Reads files, runs
   * nothing.
   *
   * @throws PREFISH_CONFIG_UNREADABLE when a file is missing, no regular file, or too large
   */
  check(request: TrustRequest): Promise<TrustAnswer>;
  /** What the request would load, for the question. */
  inspect(request: TrustRequest): Promise<Inspection>;
  /** Records the content as it was read for this request, and installs the load guard. */
  grant(request: TrustRequest): Promise<GrantedTrust>;
  /** Remembers "never" for this content. */
  decline(request: TrustRequest): Promise<void>;
  /** Forgets everything about a folder. False when there was nothing. */
  revoke(root: string): Promise<boolean>;
  list(): Promise<readonly TrustedFolder[]>;
}
