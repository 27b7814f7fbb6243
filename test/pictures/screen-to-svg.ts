import type { Terminal } from '@xterm/headless';

/** Pixels of a cell: the width of a letter in the fonts below at 14 pixels, and the distance of rows. */
const [cellWidth, rowHeight] = [8.4, 20];
const [margin, titleHeight] = [16, 34];
const fonts = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

/** What a window is drawn with: its ground, its frame, its text, the dimmer text, and the sixteen colours of a terminal. */
interface Palette {
  readonly ground: string;
  readonly frame: string;
  readonly text: string;
  readonly dim: string;
  readonly colors: readonly string[];
}

const light: Palette = {
  ground: '#ffffff',
  frame: '#d0d7de',
  text: '#24292f',
  dim: '#8b949e',
  colors:
    '#24292f #cf222e #1a7f37 #9a6700 #0969da #8250df #1b7c83 #6e7781 #57606a #a40e26 #2da44e #bf8700 #218bff #a475f9 #3192aa #8c959f'.split(
      ' ',
    ),
};
const dark: Palette = {
  ground: '#0d1117',
  frame: '#30363d',
  text: '#e6edf3',
  dim: '#7d8590',
  colors:
    '#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #ffffff'.split(
      ' ',
    ),
};

/** A stretch of cells that look alike. */
interface Run {
  readonly column: number;
  readonly look: string;
  readonly ground: string;
  text: string;
  cells: number;
}

type Line = NonNullable<ReturnType<Terminal['buffer']['active']['getLine']>>;
type Cell = NonNullable<ReturnType<Line['getCell']>>;

/**
 * Draws what a terminal shows as a window with that title: text as text, in the colours that suit a light
 * and a dark reader. Rows that are empty below the last one with text are left out.
 */
export function screenToSvg(terminal: Terminal, title: string, showsCursor: boolean): string {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => active.getLine(active.viewportY + row)!);
  const last = Math.max(
    active.cursorY,
    lines.findLastIndex((line) => line.translateToString(true) !== ''),
  );
  const rows = lines.slice(0, last + 1).map((line) => runsOf(line, terminal.cols));
  const [width, height] = [
    Math.ceil(terminal.cols * cellWidth + 2 * margin),
    titleHeight + rows.length * rowHeight + 2 * margin - 8,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
${styles(light)}
@media (prefers-color-scheme: dark) {
${styles(dark)}
}
text { font: 14px ${fonts}; white-space: pre; }
.b { font-weight: 600; } .i { font-style: italic; } .u { text-decoration: underline; }
</style>
<rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9"/>
<path class="rule" d="M0 ${titleHeight - 0.5}H${width}"/>
${[0, 1, 2].map((dot) => `<circle class="dot" cx="${margin + 4 + dot * 18}" cy="${titleHeight / 2}" r="5.5"/>`).join('')}
<text class="title" x="${width / 2}" y="${titleHeight / 2 + 5}" text-anchor="middle">${escaped(title)}</text>
${showsCursor ? cursor(terminal) : ''}${rows.flatMap((runs, row) => runs.map((run) => drawn(run, row))).join('\n')}
</svg>
`;
}

function runsOf(line: Line, columns: number): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line.getCell(column)!;
    if (cell.getWidth() === 0) continue;
    const [look, ground] = [lookOf(cell), groundOf(cell)];
    const text = cell.getChars() || ' ';
    const run = runs.at(-1);
    if (run !== undefined && run.look === look && run.ground === ground) {
      run.text += text;
      run.cells += cell.getWidth();
    } else runs.push({ column, look, ground, text, cells: cell.getWidth() });
  }
  return runs.filter(({ text, ground }) => text.trim() !== '' || ground !== '');
}

function lookOf(cell: Cell): string {
  const inverse = cell.isInverse() !== 0;
  const classes = [
    ...(cell.isBold() ? ['b'] : []),
    ...(cell.isItalic() ? ['i'] : []),
    ...(cell.isUnderline() ? ['u'] : []),
    ...(inverse
      ? ['inverse']
      : cell.isFgPalette() && cell.getFgColor() < 16
        ? [`c${cell.getFgColor()}`]
        : []),
    ...(cell.isDim() ? ['dim'] : []),
  ];
  const fill = cell.isFgRGB() ? ` fill="#${cell.getFgColor().toString(16).padStart(6, '0')}"` : '';
  return `class="${classes.join(' ')}"${fill}`;
}

function groundOf(cell: Cell): string {
  if (cell.isInverse()) return 'class="inverted"';
  if (cell.isBgPalette() && cell.getBgColor() < 16) return `class="c${cell.getBgColor()}"`;
  if (cell.isBgRGB()) return `fill="#${cell.getBgColor().toString(16).padStart(6, '0')}"`;
  return '';
}

function drawn({ column, look, ground, text, cells }: Run, row: number): string {
  const [x, y] = [margin + column * cellWidth, titleHeight + margin + row * rowHeight];
  const behind =
    ground === ''
      ? ''
      : `<rect ${ground} x="${round(x)}" y="${y - 1}" width="${round(cells * cellWidth)}" height="${rowHeight}"/>`;
  // The length keeps columns in line, whatever font is there.
  return `${behind}<text ${look} x="${round(x)}" y="${y + 14}" textLength="${round(cells * cellWidth)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
}

function cursor({ buffer: { active } }: Terminal): string {
  const [x, y] = [margin + active.cursorX * cellWidth, titleHeight + margin + active.cursorY * rowHeight];
  return `<rect class="cursor" x="${round(x)}" y="${y - 1}" width="${cellWidth}" height="${rowHeight - 1}"/>\n`;
}

function styles({ ground, frame, text, dim, colors }: Palette): string {
  return [
    `text { fill: ${text}; } .dim, .title { fill: ${dim}; } .window { fill: ${ground}; stroke: ${frame}; }`,
    `.rule { stroke: ${frame}; } .dot { fill: ${frame}; } .cursor { fill: ${dim}; opacity: 0.6; }`,
    `.inverse { fill: ${ground}; } .inverted { fill: ${text}; }`,
    colors.map((color, index) => `.c${index} { fill: ${color}; }`).join(' '),
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
