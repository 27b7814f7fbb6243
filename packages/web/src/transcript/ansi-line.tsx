import {
  type Color,
  createAnsiSequenceParser,
  createColorPalette,
  type ParseToken,
} from 'ansi-sequence-parser';
import type { JSX } from 'preact';

/** The 256 colours of a terminal; the first sixteen are the style sheet's. */
const palette = createColorPalette();

/** Lines with colours, from sanitised text with SGR sequences. `style` holds at the beginning. */
export function ansiLines(lines: readonly string[], style: string): JSX.Element[][] {
  const parser = createAnsiSequenceParser();
  if (style !== '') parser.parse(style);
  return lines.map((line) => parser.parse(line).map(toSpan));
}

function toSpan({ value, foreground, background, decorations }: ParseToken, index: number): JSX.Element {
  const reverse = decorations.has('reverse');
  const [front, back] = reverse ? [background, foreground] : [foreground, background];
  const names = [
    ...[...decorations].filter((name) => name !== 'hidden').map((name) => `ansi-${name}`),
    ...(front?.type === 'named' ? [`ansi-fg-${front.name}`] : []),
    ...(back?.type === 'named' ? [`ansi-bg-${back.name}`] : []),
  ];
  const colors = { ...own('color', front), ...own('backgroundColor', back) };
  if (names.length === 0 && Object.keys(colors).length === 0) return <>{value}</>;
  return (
    <span key={index} class={names.join(' ')} style={colors}>
      {value}
    </span>
  );
}

function own(property: 'color' | 'backgroundColor', color: Color | null): Record<string, string> {
  return color === null || color.type === 'named' ? {} : { [property]: palette.value(color) };
}
