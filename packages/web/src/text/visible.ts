/** Control and bidirectional characters, and what separates lines without looking like it: they could make text look like other text. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Text from elsewhere, in which what cannot be seen is shown by its code point. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `‹${codePoint(character)}›`);
}

/** A title for one row. */
export function visibleLabel(text: string, longest = 500): string {
  const label = visible(text.slice(0, longest).replaceAll(/[\n\t]+/g, ' '));
  return text.length > longest ? `${label}…` : label;
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
