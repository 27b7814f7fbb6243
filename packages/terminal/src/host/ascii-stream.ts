import type { WriteStream } from 'node:tty';
import { toAscii } from '@prefish/screen';

/** The same stream, with prefish's own signs in ASCII. Bytes are a program's own, and stay. */
export function asciiStream(stream: WriteStream): WriteStream {
  const write = (data: string | Uint8Array, ...rest: []): boolean =>
    stream.write(typeof data === 'string' ? toAscii(data) : data, ...rest);
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
