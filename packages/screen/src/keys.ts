import type { Interface } from 'node:readline';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** What a person pressed. */
export interface KeyPress {
  /** Node's name of the key (`up`, `return`, `escape`, `a`), `text` for characters without one, `paste` for pasted text, `focus-in` and `focus-out`. */
  readonly name: string;
  /** The characters that the key stands for; empty for keys that write nothing. */
  readonly text: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
}

/** Bytes of a terminal in, key presses out. */
export interface KeyDecoder {
  feed(data: Buffer): void;
  close(): void;
}

/**
 * How long an ESC waits for the rest of a sequence, in milliseconds: longer than a slow connection
 * holds back what was sent together, for an arrow key that is read as Escape ends what runs. Node's
 * own 500 is felt as a hang.
 */
const escapeCodeTimeout = 150;
const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/**
 * Decodes keys with Node's own decoder, and bracketed pastes by hand: Node's would make one event of
 * each pasted character (about 5 s for 1 MB).
 */
export function createKeyDecoder(listener: (key: KeyPress) => void): KeyDecoder {
  const utf8 = new StringDecoder('utf8');
  const source = new Readable({ read() {} });
  let held = '';
  let pasted: string | undefined;
  /** Set when the start of a paste was cut so that Node's decoder found it: the text comes as key presses. */
  let pressed: string | undefined;

  // Not imported: loading it would delay the first prompt, which needs no keys yet.
  const { emitKeypressEvents } = process.getBuiltinModule('node:readline');
  emitKeypressEvents(source, { escapeCodeTimeout } as unknown as Interface);
  source.on('keypress', (text: string | undefined, key: NodeKey) => {
    if (key.name === 'paste-start') {
      pressed = '';
    } else if (key.name === 'paste-end') {
      listener(paste(pressed ?? ''));
      pressed = undefined;
    } else if (pressed !== undefined) {
      pressed += key.sequence ?? text ?? '';
    } else {
      listener(keyPress(text, key));
    }
  });

  const feed = (data: Buffer): void => {
    let text = held + utf8.write(data);
    held = '';
    while (text !== '') {
      const marker = pasted === undefined ? pasteStart : pasteEnd;
      const at = text.indexOf(marker);
      const cut = at === -1 ? text.length - overlap(text, marker, pasted === undefined ? 3 : 1) : at;
      const before = text.slice(0, cut);
      if (pasted !== undefined) pasted += before;
      else if (before !== '') source.emit('data', before);
      if (at === -1) {
        held = text.slice(cut);
        return;
      }
      if (pasted === undefined) {
        pasted = '';
      } else {
        listener(paste(pasted));
        pasted = undefined;
      }
      text = text.slice(at + marker.length);
    }
  };

  return {
    feed,
    close: () => {
      source.removeAllListeners();
      source.destroy();
    },
  };
}

interface NodeKey {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
}

function keyPress(text: string | undefined, key: NodeKey): KeyPress {
  // Node has no name for Ctrl+_, which undoes.
  if (key.sequence === '\x1f') return { name: '_', text: '', ctrl: true, meta: false, shift: false };
  const writes = text !== undefined && !key.ctrl && !key.meta && !/^[\x00-\x1f\x7f]/.test(text);
  return {
    name: focusReports[key.sequence ?? ''] ?? key.name ?? 'text',
    text: writes ? text : '',
    ctrl: key.ctrl ?? false,
    meta: isMeta(key),
    shift: key.shift ?? false,
  };
}

/** What a terminal sends when its window gets or loses the focus, where that was asked for. */
const focusReports: Readonly<Record<string, string>> = { '\x1b[I': 'focus-in', '\x1b[O': 'focus-out' };

/** Node calls a lone ESC "meta", and forgets the first ESC of two before an arrow. */
function isMeta({ meta = false, sequence = '' }: NodeKey): boolean {
  return (meta && sequence !== '\x1b') || sequence.startsWith('\x1b\x1b');
}

function paste(text: string): KeyPress {
  return { name: 'paste', text, ctrl: false, meta: false, shift: false };
}

/** How many characters at the end of `text` may be the beginning of `marker`, `least` or more of them. */
function overlap(text: string, marker: string, least: number): number {
  for (let length = Math.min(text.length, marker.length - 1); length >= least; length--) {
    if (text.endsWith(marker.slice(0, length))) return length;
  }
  return 0;
}
