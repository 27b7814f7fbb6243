import { Readable, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';

/** The three streams of a terminal for the presenters, without the terminal. Nobody types, and what is written goes to `print`. */
export function screenStreams(
  isTTY: boolean,
  print: (text: string, stream: 'stdout' | 'stderr') => void,
): { readonly stdin: ReadStream; readonly stdout: WriteStream; readonly stderr: WriteStream } {
  const output = (name: 'stdout' | 'stderr'): WriteStream => {
    const decoder = new TextDecoder();
    const stream = new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        print(decoder.decode(chunk, { stream: true }), name);
        done();
      },
    });
    return Object.assign(stream, { isTTY }) as unknown as WriteStream;
  };
  const stdin = Object.assign(Readable.from([]), { isTTY }) as unknown as ReadStream;
  return { stdin, stdout: output('stdout'), stderr: output('stderr') };
}
