import { access } from 'node:fs/promises';
import { onDisk, type RawPath } from '../git/raw-path.ts';

/** A kind of folder that a package manager fills: its name, and the files one of which proves it. */
interface Kind {
  readonly name: string;
  /** Beside the folder. */
  readonly beside?: readonly string[];
  /** In the folder. */
  readonly within?: string;
}

const kinds: readonly Kind[] = [
  { name: 'node_modules' },
  { name: 'bower_components' },
  { name: '.yarn' },
  { name: '.tox' },
  { name: '.gradle' },
  { name: 'Pods' },
  { name: '.bundle' },
  { name: '.venv', within: 'pyvenv.cfg' },
  { name: 'venv', within: 'pyvenv.cfg' },
  { name: 'env', within: 'pyvenv.cfg' },
  { name: 'vendor', beside: ['composer.json', 'Gemfile', 'go.mod'] },
  { name: 'target', beside: ['Cargo.toml', 'pom.xml'] },
  { name: 'deps', beside: ['mix.exs'] },
  { name: '_build', beside: ['mix.exs'] },
];

/** Whether an ignored path is what a package manager installed, which a task needs and git does not carry. */
export async function isDependency(root: string, path: RawPath): Promise<boolean> {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  if (name.startsWith('.pnp.') || parts.at(-2) === '.yarn') return true;
  const kind = kinds.find((candidate) => candidate.name === name);
  if (kind === undefined) return false;
  const parent = parts
    .slice(0, -1)
    .map((part) => `${part}/`)
    .join('');
  if (kind.within !== undefined) return exists(root, `${path}/${kind.within}`);
  if (kind.beside === undefined) return true;
  const found = await Promise.all(kind.beside.map((file) => exists(root, `${parent}${file}`)));
  return found.includes(true);
}

/** Outside git nothing says what to ignore: the dependency folders, as lines of an exclude file. */
export async function plainExcludes(root: string): Promise<string> {
  const everywhere = kinds.filter((kind) => !kind.beside && !kind.within && kind.name !== '.yarn');
  const here = kinds.filter((kind) => kind.beside ?? kind.within);
  const proven = await Promise.all(here.map((kind) => isDependency(root, kind.name)));
  return [
    ...everywhere.map((kind) => `${kind.name}/`),
    ...here.filter((_, index) => proven[index]).map((kind) => `/${kind.name}/`),
    '__pycache__/',
    '',
  ].join('\n');
}

async function exists(root: string, path: RawPath): Promise<boolean> {
  return access(onDisk(root, path)).then(
    () => true,
    () => false,
  );
}
