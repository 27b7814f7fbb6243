/** What is shown of what a tool says of itself, in characters. */
const longest = 100_000;
/** How deep a detail is followed. */
const deepest = 20;
/** How many files of a call are named. */
const mostPaths = 20;

/** What a call of a tool says of itself: each is empty where there is none. */
export interface ToolParts {
  /** The files that it is about, where neither its title nor its changes name them. */
  readonly paths: readonly string[];
  /** A unified diff. */
  readonly diff: string;
  /** What it printed. */
  readonly output: string;
  /** The exit code of a command. */
  readonly exit: number | undefined;
  /** What this page knows no better form for, as JSON. */
  readonly rest: string;
}

const known = new WeakMap<object, ToolParts>();

/** The parts of a tool's detail. What was found once is kept: a search asks for all of them. */
export function toolParts(detail: unknown, title: string): ToolParts {
  if (typeof detail !== 'object' || detail === null) {
    const output = typeof detail === 'string' ? detail.slice(0, longest) : '';
    return { paths: [], diff: '', output, exit: undefined, rest: '' };
  }
  const parts = known.get(detail) ?? partsOf(detail as Readonly<Record<string, unknown>>, title);
  known.set(detail, parts);
  return parts;
}

/** Whether there is nothing to see but the title and the state. */
export function saysNothing({ paths, diff, output, rest }: ToolParts): boolean {
  return paths.length === 0 && diff === '' && output === '' && rest === '';
}

function partsOf(detail: Readonly<Record<string, unknown>>, title: string): ToolParts {
  // What kind of call it is, its title says.
  const { diff: changes, output, kind: _, paths, exit, ...rest } = detail;
  const text = (value: unknown): string =>
    typeof value === 'string' ? value.trimEnd().slice(0, longest) : '';
  const diff = text(changes);
  return {
    paths: diff === '' ? unnamed(paths, title) : [],
    diff,
    output: text(output),
    exit: Number.isInteger(exit) ? (exit as number) : undefined,
    rest: Object.keys(rest).length === 0 ? '' : json(rest),
  };
}

function unnamed(paths: unknown, title: string): readonly string[] {
  if (!Array.isArray(paths)) return [];
  return paths
    .filter((path) => typeof path === 'string')
    .filter((path) => !title.includes(path.split('/').at(-1)!))
    .slice(0, mostPaths);
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
