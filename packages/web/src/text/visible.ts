/**
 * Control and bidirectional characters, what separates lines without looking like it, and what is not
 * drawn at all: they could make text look like other text. The joiners of scripts and emoji stay.
 */
const hidden =
  /(?!\t|\n|\u{200c}|\u{200d}|\p{Variation_Selector})[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** Text from elsewhere, in which what cannot be seen is shown by its code point; an end of a line as Windows has it is one. */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(hidden, (character) => `‹${codePoint(character)}›`);
}

/** A title for one row. */
export function visibleLabel(text: string, longest = 500): string {
  const label = visible(text.slice(0, longest).replaceAll(/[\n\t]+/g, ' '));
  return text.length > longest ? `${label}…` : label;
}

/** A text of several rows, as much of it as somebody reads. */
export function visibleText(text: string, longest = 20_000): string {
  const more = text.length - longest;
  return more <= 0
    ? visible(text)
    : `${visible(text.slice(0, longest))} … ${more.toLocaleString('en')} characters more`;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
