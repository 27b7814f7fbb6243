import { connect } from 'node:net';

/** Somebody who follows a task, and sees that every event comes once and in order. */
export interface Viewer {
  /** The `seq` of the last event that came. */
  readonly last: number;
  /** Whether the stream said that the task has ended. */
  readonly ended: boolean;
  /** What was wrong with what came. */
  readonly wrong: string | undefined;
  /** The port that it connected from. */
  readonly port: number;
  /** Resolves once the connection is over, however that was. */
  readonly closed: Promise<void>;
  /** Reads again, after it was stopped. */
  goOn(): void;
}

/** The events that are known before, one after the other as they are sent. */
export interface Expected {
  readonly bytes: Buffer;
  /** Where each event ends, that of `seq` 1 first. */
  readonly ends: readonly number[];
}

/** Where and what to follow. */
export interface ViewerOptions {
  readonly url: string;
  readonly token: string;
  readonly task: string;
  readonly expected: Expected;
  /** The `seq` behind which it begins. */
  readonly after?: number;
  /** Is shown each event behind those that are expected. */
  readonly onEvent?: (json: string) => void;
  /** Called behind each part that was read; may stop the viewer, which leaves the connection open and reads nothing. */
  readonly onPart?: (viewer: Viewer) => 'stop' | undefined;
}

/** How much is read at once, in bytes. */
const readAtOnce = 2 ** 20;
const betweenFrames = Buffer.from('\n\n');
const eventFrame = /^id: (\d+)\ndata: (.*)$/s;

/** Follows a task over plain HTTP. What is expected is compared as it comes: a hundred viewers read ten gigabytes. */
export function view(options: ViewerOptions): Viewer {
  const { url, token, task, expected, after = 0, onEvent, onPart } = options;
  const { bytes: known, ends } = expected;
  let [ended, wrong] = [false, undefined as string | undefined];
  /** How much of what is expected has come, and the `seq` of the last event behind that. */
  let place = after === 0 ? 0 : ends[after - 1]!;
  let later = ends.length;
  let rest: Buffer = Buffer.alloc(0);
  let head: string | undefined;
  let from = 0;
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    onread: {
      buffer: Buffer.alloc(readAtOnce),
      callback(length, buffer) {
        const part = Buffer.from(buffer.buffer, buffer.byteOffset, length);
        take(head === undefined ? body(part) : part);
        return onPart?.(viewer) !== 'stop';
      },
    },
  });
  const viewer: Viewer = {
    get last() {
      return place === known.length ? later : countUpTo(ends, place);
    },
    get ended() {
      return ended;
    },
    get wrong() {
      return wrong;
    },
    get port() {
      return from;
    },
    closed: new Promise<void>((resolve) => socket.once('close', () => resolve())),
    goOn: () => void socket.resume(),
  };
  socket.on('error', () => {}).once('connect', () => (from = socket.localPort!));
  // Of that version the body comes as it is, up to the end of the connection.
  const lines = [
    `GET /v1/tasks/${task}/events HTTP/1.0`,
    `Host: ${hostname}`,
    `Authorization: Bearer ${token}`,
    `Last-Event-ID: ${after}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return viewer;

  function body(part: Buffer): Buffer {
    rest = Buffer.concat([rest, part]);
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return Buffer.alloc(0);
    head = rest.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200 ')) wrong = head;
    const begun = rest.subarray(end + 4);
    rest = Buffer.alloc(0);
    return begun;
  }

  function take(part: Buffer): void {
    if (head === undefined) return;
    let bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    while (bytes.length > 0 && wrong === undefined) {
      const length = Math.min(bytes.length, known.length - place);
      if (length > 0 && bytes.compare(known, place, place + length, 0, length) === 0) {
        place += length;
        bytes = bytes.subarray(length);
        continue;
      }
      const end = bytes.indexOf(betweenFrames);
      if (end < 0) break;
      frame(bytes.subarray(0, end));
      bytes = bytes.subarray(end + betweenFrames.length);
    }
    // The buffer is read into again.
    rest = Buffer.from(bytes);
  }

  /** What is expected where a frame begins, or what is sent besides: the task, signs of life, the end. */
  function frame(bytes: Buffer): void {
    const text = bytes.toString();
    if (text.startsWith('event: end')) ended = true;
    const [, seq, json] = eventFrame.exec(text) ?? [];
    if (seq === undefined) return;
    const until = ends[Number(seq) - 1];
    if (Number(seq) !== viewer.last + 1) wrong = `event ${seq} came behind ${viewer.last}`;
    else if (until === undefined) later += 1;
    else if (known.compare(bytes, 0, bytes.length, place, until - betweenFrames.length) === 0) place = until;
    else wrong = `event ${seq} is not what was written`;
    if (until === undefined) onEvent?.(json!);
  }
}

/** How many of these rising numbers are no larger than one. */
function countUpTo(numbers: readonly number[], most: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! <= most) from = middle + 1;
    else to = middle;
  }
  return from;
}
