import { endOfVisibleSgr, visibleSgr } from './sgr.ts';

/** Reduces a stream of text from elsewhere to what cannot drive a terminal. Chunks may be cut anywhere. */
export interface Sanitizer {
  write(chunk: string): string;
  /** The end of the stream: drops what is incomplete and takes back colours left on. */
  end(): string;
}

/** Longest parameter string of a control sequence that is still looked at. */
const maxParameters = 256;
/** How much of an unterminated string sequence (OSC, DCS …) is swallowed before text is shown again. */
const maxString = 65_536;

type State = 'text' | 'escape' | 'escape-intermediate' | 'csi' | 'string' | 'string-escape';

const esc = 0x1b;
const newline = 0x0a;
const bracket = 0x5b;

/**
 * A streaming allow-list: text, `\n`, `\t`, and SGR sequences without conceal pass; `\r` is dropped,
 * so `\r\n` becomes `\n`. Every other control character (C0, DEL, C1), escape sequence (CSI, OSC,
 * DCS, APC, PM, SOS) and bidirectional control is dropped. What passes is rebuilt from what was
 * parsed, so nothing that is dropped can join its neighbours into a new sequence.
 *
 * Control functions are those of ECMA-48; bidirectional controls those of Unicode UAX #9, 2.
 */
export function createSanitizer(): Sanitizer {
  let state: State = 'text';
  let parameters = '';
  let stringLength = 0;
  let stringEndsAtNewline = false;
  let high = '';
  let styled = false;

  const sgr = (): string => {
    const sequence = parameters.length < maxParameters ? visibleSgr(parameters) : undefined;
    if (sequence === undefined) return '';
    styled = sequence !== '\x1b[m' && sequence !== '\x1b[0m';
    return sequence;
  };

  /** Enters the sequence that a C1 control, or ESC and a letter, introduces. */
  const introduce = (control: number): void => {
    parameters = '';
    stringLength = 0;
    stringEndsAtNewline = control === 0x9d;
    if (control === 0x9b) state = 'csi';
    else if (isStringIntroducer(control)) state = 'string';
    else state = 'text';
  };

  const write = (chunk: string): string => {
    const text = high + chunk;
    high = '';
    let shown = '';
    let kept = 0;
    let index = 0;
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (state === 'text') {
        if (isPlain(code)) continue;
        const end =
          code === esc && text.charCodeAt(index + 1) === bracket
            ? endOfVisibleSgr(text, index + 2)
            : undefined;
        if (end !== undefined) {
          styled = !isReset(text, index, end);
          index = end;
          continue;
        }
        if (isSurrogate(code)) {
          if (code < 0xdc00 && index + 1 === text.length) {
            high = text[index]!;
            shown += text.slice(kept, index);
            return shown;
          }
          if (code < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
            index++;
            continue;
          }
          shown += `${text.slice(kept, index)}\ufffd`;
        } else {
          shown += text.slice(kept, index);
          if (code === esc) state = 'escape';
          else if (code >= 0x80 && code < 0xa0) introduce(code);
        }
        kept = index + 1;
        continue;
      }
      kept = index + 1;
      if (state === 'string' || state === 'string-escape') {
        if (state === 'string-escape') {
          // ESC \ is the string terminator; any other ESC begins a sequence of its own.
          state = 'escape';
          if (code === 0x5c) {
            state = 'text';
            continue;
          }
        } else {
          if (code === esc) state = 'string-escape';
          else if (endsString(code) || ++stringLength > maxString) state = 'text';
          else if (code === newline && stringEndsAtNewline) {
            state = 'text';
            kept = index;
          }
          continue;
        }
      }
      if (code === esc) {
        state = 'escape';
      } else if (state === 'csi') {
        if (code >= 0x20 && code < 0x40) {
          if (parameters.length < maxParameters) parameters += text[index];
        } else {
          state = 'text';
          if (code === 0x6d) shown += sgr();
          else if (code < 0x40 || code > 0x7e) kept = index--;
        }
      } else if (code >= 0x20 && code < 0x30) {
        state = 'escape-intermediate';
      } else if (state === 'escape' && code >= 0x40 && code < 0x60) {
        introduce(code + 0x40);
      } else {
        state = 'text';
        if (code < 0x30 || code > 0x7e) kept = index--;
      }
    }
    if (state === 'text') shown += text.slice(kept);
    return shown;
  };

  const end = (): string => {
    const tail = `${high === '' ? '' : '\ufffd'}${styled ? '\x1b[0m' : ''}`;
    state = 'text';
    high = '';
    styled = false;
    return tail;
  };

  return { write, end };
}

/** One whole text from elsewhere, sanitised. */
export function sanitize(text: string): string {
  const sanitizer = createSanitizer();
  return sanitizer.write(text) + sanitizer.end();
}

/** A title or a name for one row: no colours, line breaks made visible. */
export function sanitizeLabel(text: string): string {
  return sanitize(text)
    .replaceAll(/\x1b\[[0-9;:]*m/g, '')
    .replaceAll('\n', '⏎')
    .replaceAll('\t', ' ');
}

function isReset(text: string, start: number, end: number): boolean {
  return end === start + 2 || (end === start + 3 && text.charCodeAt(start + 2) === 0x30);
}

/** Whether a UTF-16 unit is shown as it is. */
function isPlain(code: number): boolean {
  if (code < 0x7f) return code >= 0x20 || code === newline || code === 0x09;
  if (code < 0xa0) return false;
  if (code < 0x61c) return true;
  return !isBidiControl(code) && !isSurrogate(code);
}

/** ALM, LRM, RLM, embeddings, overrides, isolates; and the line and paragraph separators, which some terminals obey. */
function isBidiControl(code: number): boolean {
  return (
    code === 0x61c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** DCS, SOS, OSC, PM, APC. */
function isStringIntroducer(control: number): boolean {
  return control === 0x90 || control === 0x98 || (control >= 0x9d && control <= 0x9f);
}

/** BEL, CAN, SUB and the C1 string terminator. */
function endsString(code: number): boolean {
  return code === 0x07 || code === 0x18 || code === 0x1a || code === 0x9c;
}
