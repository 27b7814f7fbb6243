import { connect, type Socket } from 'node:net';
import type { Exit, Task } from '@prefish/core';
import { receive, send, type FromHolder, type ToHolder } from './holder-protocol.ts';

/** A connection to the holder of a background shell. */
export class HolderClient implements Disposable {
  readonly #socket: Socket;
  /** The task once it has ended; `undefined` when the holder went without a word. */
  readonly ended: Promise<Task | undefined>;
  #output: ((data: Buffer) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      socket.once('close', () => resolve(undefined));
      receive<FromHolder>(socket, (message) => {
        if (message.type === 'ended') resolve(message.task);
        else this.#output?.(Buffer.from(message.data, 'base64'));
      });
    });
  }

  /** `undefined` when nobody holds the shell any more. */
  static open(path: string): Promise<HolderClient | undefined> {
    return new Promise((resolve) => {
      const socket = connect(path, () => resolve(new HolderClient(socket)));
      socket.on('error', () => {
        socket.destroy();
        resolve(undefined);
      });
    });
  }

  /** Makes this process the one whose end is the shell's, until {@link release}. Does not keep the process from ending. */
  own(): void {
    this.#say({ type: 'own' });
    this.#socket.unref();
  }

  /** Lets the shell go on without this process. Resolves when the holder knows. */
  release(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.ref().once('close', () => resolve());
      this.#say({ type: 'release' });
      this.#socket.end();
    });
  }

  /** Says how the program ended, which only the process knows that started it. */
  report(exit: Exit): void {
    this.#say({ type: 'exit', exit });
  }

  /** Has everything that the program prints given to `output`, what it printed last first. */
  attach(size: { readonly columns: number; readonly rows: number }, output: (data: Buffer) => void): void {
    this.#output = output;
    this.#say({ type: 'attach', columns: size.columns, rows: size.rows });
  }

  resize(size: { readonly columns: number; readonly rows: number }): void {
    this.#say({ type: 'resize', columns: size.columns, rows: size.rows });
  }

  write(data: Uint8Array): void {
    this.#say({ type: 'input', data: Buffer.from(data).toString('base64') });
  }

  /** Ends the program and everything that it started; `ended` says when that is done. */
  end(): void {
    this.#socket.ref();
    this.#say({ type: 'end' });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #say(message: ToHolder): void {
    send(this.#socket, message);
  }
}
