import {
  type Color,
  createAnsiSequenceParser,
  createColorPalette,
  type ParseToken,
} from 'ansi-sequence-parser';
import type { JSX } from 'preact';
import { visible } from '../text/visible.ts';

/** The 256 colours of a terminal; the first sixteen are the style sheet's. */
const palette = createColorPalette();

/** Lines with colours, from sanitised text with SGR sequences. `style` holds at the beginning. */
export function ansiLines(lines: readonly string[], style: string): ParseToken[][] {
  const parser = createAnsiSequenceParser();
  if (style !== '') parser.parse(style);
  return lines.map((line) => parser.parse(line));
}

/** Text in the colours of {@link ansiLines}. */
export function AnsiText({ tokens }: { readonly tokens: readonly ParseToken[] }): JSX.Element {
  return <>{tokens.map(toSpan)}</>;
}

function toSpan({ value, foreground, background, decorations }: ParseToken, index: number): JSX.Element {
  const reverse = decorations.has('reverse');
  const [front, back] = reverse ? [background, foreground] : [foreground, background];
  const names = [
    ...[...decorations].filter((name) => name !== 'hidden').map((name) => `ansi-${name}`),
    ...(front?.type === 'named' ? [`ansi-fg-${front.name}`] : []),
    ...(back?.type === 'named' ? [`ansi-bg-${back.name}`] : []),
  ];
  const colors = {
    ...(isOwn(front) && { color: back === null ? readable(palette.value(front)) : palette.value(front) }),
    ...(isOwn(back) && { backgroundColor: palette.value(back) }),
  };
  if (names.length === 0 && Object.keys(colors).length === 0) return <>{visible(value)}</>;
  return (
    <span key={index} class={names.join(' ')} style={colors}>
      {visible(value)}
    </span>
  );
}

const isOwn = (color: Color | null): color is Color => color !== null && color.type !== 'named';

/** A colour that was chosen for some background, as dark or as bright as this page's asks for. */
const readable = (color: string): string =>
  `light-dark(oklch(from ${color} min(l, 0.55) c h), oklch(from ${color} max(l, 0.68) c h))`;
