/** What is shown of what a tool says of itself, in characters. */
const longest = 100_000;
/** How deep a detail is followed. */
const deepest = 20;

/** What a call of a tool says of itself: each is `''` where there is none. */
export interface ToolParts {
  /** A unified diff. */
  readonly diff: string;
  /** What it printed. */
  readonly output: string;
  /** Everything else, as JSON. */
  readonly rest: string;
}

const known = new WeakMap<object, ToolParts>();

/** The parts of a tool's detail. What was found once is kept: a search asks for all of them. */
export function toolParts(detail: unknown): ToolParts {
  if (typeof detail !== 'object' || detail === null) {
    return { diff: '', output: typeof detail === 'string' ? detail.slice(0, longest) : '', rest: '' };
  }
  const parts = known.get(detail) ?? partsOf(detail as Readonly<Record<string, unknown>>);
  known.set(detail, parts);
  return parts;
}

function partsOf({ diff, output, ...others }: Readonly<Record<string, unknown>>): ToolParts {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value.trimEnd().slice(0, longest) : '';
  const parts = { diff: text(diff), output: text(output) };
  // What kind of call it is, and on what, its title and its change say already.
  const { kind: _, paths: __, ...unsaid } = others;
  const rest = parts.diff !== '' || parts.output !== '' ? unsaid : others;
  return { ...parts, rest: Object.keys(rest).length === 0 ? '' : json(rest) };
}

function json(value: unknown): string {
  try {
    return JSON.stringify(pruned(value, deepest), undefined, 2).slice(0, longest);
  } catch {
    return '…';
  }
}

function pruned(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map((each) => pruned(each, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, pruned(each, depth - 1)]));
}
