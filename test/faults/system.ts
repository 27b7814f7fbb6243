import type { ServerClient } from '@prefish/protocol/client';

/** A process that can be killed, stopped, and started again. */
export interface Part {
  readonly name: string;
  /** While it runs. */
  pid(): number | undefined;
  /** Has it run again; resolves once it does what it is for. */
  start(): Promise<void>;
}

/** What is being broken: a server, and whatever it needs to run tasks. */
export interface System extends AsyncDisposable {
  readonly parts: readonly [Part, ...Part[]];
  /** The `NAME=value` that every process of the tasks has, and every part. */
  readonly mark: string;
  /** Asks the server that runs now. */
  readonly client: ServerClient;
  /** The database, where it is a server of its own. */
  readonly database?: {
    crash(): Promise<void>;
    start(): Promise<void>;
  };
}
