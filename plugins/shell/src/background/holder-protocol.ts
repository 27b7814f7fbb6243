import type { Socket } from 'node:net';
import type { Exit, Task } from '@prefish/core';

/** What a prefish says to a holder. Bytes are base64. */
export type ToHolder =
  /** This terminal is the one that the shell was started in: when it goes without `release`, the shell goes too. */
  | { readonly type: 'own' }
  /** The shell goes on without its terminal. */
  | { readonly type: 'release' }
  /** How the program ended, from the process whose child it is. */
  | { readonly type: 'exit'; readonly exit: Exit }
  | { readonly type: 'attach'; readonly columns: number; readonly rows: number }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'input'; readonly data: string }
  | { readonly type: 'end' };

/** What a holder says. */
export type FromHolder =
  /** To who is attached: what was printed last, and then what is printed. */
  | { readonly type: 'output'; readonly data: string }
  /** It has ended, and so does the holder. */
  | { readonly type: 'ended'; readonly task: Task };

/** Calls `take` for every message that comes in: JSON, one a line. */
export function receive<T>(socket: Socket, take: (message: T) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(JSON.parse(line) as T);
  });
}

/** Sends a message; says whether the other side keeps up. */
export function send(socket: Socket, message: ToHolder | FromHolder): boolean {
  return socket.destroyed || socket.write(`${JSON.stringify(message)}\n`);
}
