import { join } from 'node:path';
import { PrefishError } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import { openUndoPoints, type UndoPoints } from './apply/undo-points.ts';
import { openGit, type Git } from './git/git.ts';
import { openOutbox, type Outbox } from './outbox/outbox.ts';
import { trackUploads, type Uploads } from './outbox/uploads.ts';
import type { Grants, SandboxChoice, TeleportOptions } from './options.ts';
import { usualLimits, type SnapshotLimits } from './submit/admit-size.ts';
import { here, serverHere, type Server, type StartMode } from './server.ts';

/** What the parts of the plugin share for as long as the shell lives. */
export interface Services {
  readonly folders: TeleportOptions['folders'];
  /** What the configuration says of every line. */
  readonly defaults: {
    readonly network: TeleportOptions['network'];
    readonly allow: readonly string[];
    readonly carry: readonly string[];
    readonly setup: string | undefined;
    readonly sandbox: SandboxChoice;
    readonly grants: Grants;
    readonly snapshot: SnapshotLimits;
  };
  readonly outbox: Outbox;
  /** Where that is. */
  readonly outboxFolder: string;
  /** What this process sends. */
  readonly uploads: Uploads;
  /** What was said already of lines that could not be delivered. */
  readonly complaints: Set<string>;
  /** Tasks whose end is told by the line that ended them. */
  readonly endsTold: Set<string>;
  /** Where undo points are. */
  readonly undoFolder: string;
  /** What can be taken back of it. */
  readonly undoPoints: UndoPoints;
  /** Aborted when the shell closes. */
  readonly signal: AbortSignal;
  git(env: Readonly<Record<string, string>>): Promise<Git>;
  /** The server that what follows is about. */
  readonly server: Server;
  /** Every server whose tasks are listed, that of this machine first. */
  readonly servers: readonly Server[];
  /** To {@link server}. */
  connect(start: StartMode, signal: AbortSignal): Promise<ServerClient>;
  /** The server where lines go that do not say where. @throws PREFISH_USAGE */
  chosen(): Server;
  /** The same services, about another server. */
  at(server: Server): Services;
  /** The server of an id: `here`, or a URL. @throws PREFISH_USAGE */
  serverOf(id: string | undefined): Server;
  /** Whether what waits goes out by itself, once this prefish has ended too. */
  readonly deliversLater: boolean;
  /** Whether a task of this line reads messages. Of a prefix that is not known here, it may. */
  takesMessages(line: string): boolean;
  /** Says something outside of any line. */
  warn(code: string, message: string, hint?: string): void;
  /** Says something that is no trouble outside of any line. */
  notify(message: string): void;
  /** Says how something is that goes on outside of any line, in a row of its own; `undefined` takes it away. */
  status(key: string, text: string | undefined): void;
  /** Lets work go on after its line has ended; closing the shell waits for it, for a while. */
  background(work: Promise<unknown>): void;
  /** As {@link background}, for work that closing the shell ends: it obeys `signal`. */
  attend(work: Promise<unknown>): void;
  /**
   * Resolves when what was given to `background` has ended, once `signal` is aborted what was given to
   * `attend` too, or after `timeoutMs`.
   */
  settle(timeoutMs: number): Promise<void>;
}

/** Wires the services from the plugin's options. */
export function createServices(
  options: TeleportOptions,
  signal: AbortSignal,
  { warn, notify, status, takesMessages }: Pick<Services, 'warn' | 'notify' | 'status' | 'takesMessages'>,
): Services {
  const undoFolder = join(options.folders.data, 'undo');
  const outboxFolder = join(options.folders.data, 'outbox');
  const outbox = openOutbox(outboxFolder);
  const running = new Set<Promise<unknown>>();
  const attended = new Set<Promise<unknown>>();
  const connecting = new Map<string, Promise<ServerClient>>();
  const own = serverHere(options.connect);
  const servers = [own, ...(options.elsewhere?.known ?? [])];
  const services: Services = {
    folders: options.folders,
    defaults: {
      network: options.network,
      allow: options.allow ?? [],
      carry: options.carry ?? [],
      setup: options.setup,
      sandbox: options.sandbox ?? 'auto',
      snapshot: { ...usualLimits, ...options.snapshot },
      grants: { mounts: options.mounts ?? [], environment: options.environment ?? [] },
    },
    outbox,
    outboxFolder,
    uploads: trackUploads(outbox.noteUpload),
    complaints: new Set(),
    endsTold: new Set(),
    undoFolder,
    undoPoints: openUndoPoints(undoFolder),
    signal,
    git: openGit,
    server: own,
    servers,
    connect: (start, connecting) => own.connect({ start }, connecting),
    chosen: () => options.elsewhere?.chosen() ?? own,
    at: (server) => (server === own ? services : { ...services, server, connect: shared(server) }),
    serverOf: (id = here) => {
      const known = servers.find((server) => server.id === id) ?? options.elsewhere?.open(id);
      if (known !== undefined) return known;
      throw new PrefishError('PREFISH_USAGE', `There is no server ${id}`);
    },
    deliversLater: options.deliverLater !== undefined,
    takesMessages,
    warn,
    notify,
    status,
    background: (work) => track(work, running),
    attend: (work) => track(work, attended),
    async settle(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([Promise.all(signal.aborted ? [...running, ...attended] : running), late]);
      clearTimeout(timer);
    },
  };
  return services;

  /**
   * A connection to another machine takes its time. Whoever asks for one meanwhile gets the same, and it is made to
   * the end although who asked first has no patience left.
   */
  function shared(server: Server): Services['connect'] {
    return async (start, waiting) => {
      const key = `${start} ${server.id}`;
      const connection = connecting.get(key) ?? server.connect({ start }, signal);
      if (!connecting.has(key)) {
        connecting.set(key, connection);
        services.attend(connection.finally(() => connecting.delete(key)));
      }
      return unlessAborted(waiting, connection);
    };
  }
}

/** What `work` comes to, or the reason of the signal where that is aborted first. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function track(work: Promise<unknown>, among: Set<Promise<unknown>>): void {
  const tracked = work.catch(() => {}).finally(() => among.delete(tracked));
  among.add(tracked);
}
