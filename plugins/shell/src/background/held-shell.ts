import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { exitCodeOf, type Exit, type Task } from '@prefish/core';
import { stopLine } from '../processes/stop-line.ts';
import { parseStateDump } from '../state/state-dump.ts';
import type { HeldProgram } from './held-program.ts';
import { receive, send, type ToHolder } from './holder-protocol.ts';
import { RecentOutput } from './recent-output.ts';
import type { ShellRecords } from './shell-records.ts';
import { TranscriptWriter } from './transcript.ts';

/** What a holder is told of the shell that it holds. */
export interface HeldShellOptions {
  readonly task: Task;
  readonly records: ShellRecords;
  readonly mark: string;
  readonly socket: string;
  /** What the shell leaves when it ends by itself: with how it ended. */
  readonly dump: string;
  /** What happens when its terminal goes and nobody has said. */
  readonly hangup: 'end' | 'keep';
  /** What it had switched on its terminal when it came here: see {@link ScreenModes.redo}. */
  readonly modes: string;
  /** What it printed last before that, for who attaches. */
  readonly printed: Uint8Array;
}

/** How long the process whose child the program is may take to say how that ended. */
const reportMs = 1000;
/** How long after its terminal went everything of that has gone. */
const hangupMs = 100;
/** How long those who look may take to hear that it is over. */
const farewellMs = 1000;

/** A background shell: its program, its record, its transcript, and those who look at it. */
export class HeldShell {
  readonly #options: HeldShellOptions;
  readonly #program: HeldProgram;
  readonly #transcript: TranscriptWriter;
  readonly #recent = new RecentOutput();
  readonly #clients = new Set<Socket>();
  readonly #attached = new Set<Socket>();
  readonly #reported = Promise.withResolvers<Exit>();
  readonly #closed = Promise.withResolvers<void>();
  #task: Task;
  #owner: Socket | undefined;
  #reason: string | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: HeldShellOptions, program: HeldProgram) {
    this.#options = options;
    this.#program = program;
    this.#task = options.task;
    this.#recent.modes.take(options.modes);
    this.#recent.take(options.printed);
    this.#transcript = new TranscriptWriter(options.records.pathOf(options.task.id), options.task.id);
  }

  get task(): Task {
    return this.#task;
  }

  /** Resolves once it has ended, that is written down, and everybody who looked has been told. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Listens, and writes down that the shell runs. */
  async open(): Promise<void> {
    const server = createServer((socket) => this.#welcome(socket));
    await listen(server, this.#options.socket);
    this.#record();
    this.#transcript.say({ type: 'state', state: 'working' });
    this.#program.onData((data) => {
      this.#transcript.output(data);
      this.#recent.take(data);
      const message = { type: 'output', data: Buffer.from(data).toString('base64') } as const;
      for (const socket of this.#attached) send(socket, message);
    });
    this.#closed.resolve(this.#close(server));
  }

  async #close(server: Server): Promise<void> {
    const ended = (await this.#program.ended) ?? (await this.#exitOfAdopted());
    await this.#stopped;
    // A program that ends well when it is told to has done nothing of its own accord.
    const exit = this.#reason !== undefined && ended && exitCodeOf(ended) === 0 ? undefined : ended;
    const state =
      this.#reason !== undefined ? 'canceled' : exit && exitCodeOf(exit) === 0 ? 'completed' : 'failed';
    const reason = this.#reason ?? (exit === undefined ? 'exit-unknown' : undefined);
    const why = reason === undefined ? {} : { reason };
    this.#task = {
      ...this.#task,
      state,
      ...why,
      endedAt: new Date().toISOString(),
      ...(exit === undefined ? {} : { exit }),
    };
    if (exit !== undefined) this.#transcript.say({ type: 'exit', ...exit });
    this.#transcript.say({ type: 'state', state, ...why });
    this.#record();
    server.close();
    const gone = Array.from(this.#clients, (socket) => {
      send(socket, { type: 'ended', task: this.#task });
      return new Promise((resolve) => socket.once('close', resolve).end());
    });
    await Promise.race([Promise.all(gone), delay(farewellMs)]);
    for (const socket of this.#clients) socket.destroy();
  }

  /** Its parent says how it ended, while there is one; else what its shell wrote at the end. */
  async #exitOfAdopted(): Promise<Exit | undefined> {
    if (this.#owner !== undefined) {
      const told = await Promise.race([this.#reported.promise, delay(reportMs)]);
      if (told !== undefined) return told;
    }
    try {
      const status = parseStateDump(readFileSync(this.#options.dump))?.status;
      return status === undefined ? undefined : { code: status };
    } catch {
      return undefined;
    }
  }

  #welcome(socket: Socket): void {
    this.#clients.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#clients.delete(socket);
      this.#attached.delete(socket);
      if (socket !== this.#owner) return;
      this.#owner = undefined;
      // Where that was attached as well, both connections break, one after the other.
      setTimeout(() => this.#hungUp(), hangupMs);
    });
    receive<ToHolder>(socket, (message) => this.#take(message, socket));
  }

  /** Its terminal went without a word. Who is attached from elsewhere has it from now on. */
  #hungUp(): void {
    if (this.#options.hangup === 'end' && this.#attached.size === 0) this.#end('hangup');
  }

  #take(message: ToHolder, socket: Socket): void {
    switch (message.type) {
      case 'own':
        this.#owner = socket;
        return;
      case 'release':
        this.#owner = undefined;
        return;
      case 'exit':
        return this.#reported.resolve(message.exit);
      case 'attach':
        return this.#attach(socket, message);
      case 'resize':
        return this.#program.resize(message.columns, message.rows);
      case 'input':
        return this.#program.write(Buffer.from(message.data, 'base64'));
      case 'end':
        return this.#end('canceled');
    }
  }

  #attach(socket: Socket, { columns, rows }: { readonly columns: number; readonly rows: number }): void {
    // Another size first: a full-screen program draws itself anew when its terminal changes.
    if (this.#recent.modes.isFullScreen) this.#program.resize(columns, Math.max(1, rows - 1));
    this.#program.resize(columns, rows);
    const shown = Buffer.concat([Buffer.from(this.#recent.modes.redo()), this.#recent.bytes()]);
    send(socket, { type: 'output', data: shown.toString('base64') });
    this.#attached.add(socket);
  }

  #end(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    let hasEnded = false;
    void this.#program.ended.then(() => (hasEnded = true));
    this.#stopped = stopLine({ pid: this.#program.pid, id: this.#options.mark }, () => hasEnded);
  }

  #record(): void {
    const { records, mark, socket } = this.#options;
    records.write({ task: this.#task, pid: this.#program.pid, mark, socket });
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}
