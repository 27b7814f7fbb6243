import { sanitize, type KeyPress } from '@prefish/screen';
import type { EditBuffer } from './edit-buffer.ts';

/** Does to the line what a key does to it. False for a key that does nothing to it. */
export function editWith(key: KeyPress, buffer: EditBuffer): boolean {
  if (key.name === 'paste') {
    buffer.insert(pastedText(key.text), true);
    return true;
  }
  const action =
    key.text === ''
      ? actions[`${key.ctrl ? 'ctrl+' : ''}${key.meta ? 'meta+' : ''}${key.name}`]
      : (line: EditBuffer) => line.insert(key.text);
  action?.(buffer);
  return action !== undefined;
}

/** Keys as readline and Emacs have them. */
const actions: Readonly<Record<string, (buffer: EditBuffer) => void>> = {
  'meta+return': (buffer) => buffer.insert('\n'),
  enter: (buffer) => buffer.insert('\n'),
  left: (buffer) => buffer.move('left'),
  'ctrl+b': (buffer) => buffer.move('left'),
  right: (buffer) => buffer.move('right'),
  'ctrl+f': (buffer) => buffer.move('right'),
  home: (buffer) => buffer.move('start'),
  'ctrl+a': (buffer) => buffer.move('start'),
  end: (buffer) => buffer.move('end'),
  'ctrl+e': (buffer) => buffer.move('end'),
  'meta+b': (buffer) => buffer.move('word-left'),
  'ctrl+left': (buffer) => buffer.move('word-left'),
  'meta+left': (buffer) => buffer.move('word-left'),
  'meta+f': (buffer) => buffer.move('word-right'),
  'ctrl+right': (buffer) => buffer.move('word-right'),
  'meta+right': (buffer) => buffer.move('word-right'),
  backspace: (buffer) => buffer.delete('left'),
  'ctrl+h': (buffer) => buffer.delete('left'),
  delete: (buffer) => buffer.delete('right'),
  'ctrl+d': (buffer) => buffer.delete('right'),
  'ctrl+u': (buffer) => buffer.kill('start'),
  'ctrl+k': (buffer) => buffer.kill('end'),
  'ctrl+w': (buffer) => buffer.kill('big-word-left'),
  'meta+backspace': (buffer) => buffer.kill('word-left'),
  'meta+d': (buffer) => buffer.kill('word-right'),
  'ctrl+y': (buffer) => buffer.yank(),
  'meta+y': (buffer) => buffer.yankPop(),
  'ctrl+t': (buffer) => buffer.transpose(),
  'meta+u': (buffer) => buffer.convertWord((word) => word.toUpperCase()),
  'meta+l': (buffer) => buffer.convertWord((word) => word.toLowerCase()),
  'meta+c': (buffer) => buffer.convertWord(capitalized),
  'ctrl+_': (buffer) => buffer.undo(),
};

function capitalized(word: string): string {
  return word.toLowerCase().replace(/[\p{L}\p{N}]/u, (first) => first.toUpperCase());
}

/** Pasted text as it may be edited: line breaks as `\n`, none at the end, no control characters, no colours. */
function pastedText(text: string): string {
  return sanitize(text.replaceAll(/\r\n?/g, '\n'))
    .replaceAll(/\x1b\[[0-9;:]*m/g, '')
    .replace(/\n$/, '');
}
