import type { RawChange } from '../git/raw-diff.ts';
import { displayPath } from '../git/raw-path.ts';
import type { Shadow } from '../snapshot/shadow.ts';

/** A change that reaches further than its file: another program runs it, or obeys it, by itself. */
export interface RiskyChange {
  readonly path: string;
  /** As the end of a sentence: `runs where the repository is pushed to`. */
  readonly why: string;
}

/** Files that programs take for their own, by what these do. Paths in lower case: some disks know no other. */
const obeyed: readonly (readonly [RegExp, string])[] = [
  [
    /^(\.github\/(workflows|actions)\/|\.gitlab-ci\.yml$|\.gitlab\/ci\/|\.circleci\/|\.buildkite\/|\.woodpecker|\.drone\.yml$|\.travis\.yml$|bitbucket-pipelines\.yml$|azure-pipelines|jenkinsfile)/,
    'runs where the repository is pushed to',
  ],
  [/(^|\/)(\.husky\/|\.githooks\/|\.pre-commit-config\.yaml$|\.?lefthook\.ya?ml$)/, 'runs when you commit'],
  [
    /(^|\/)(\.vscode\/(tasks|launch|settings|extensions)\.json$|\.idea\/|\.devcontainer(\/|\.json$)|[^/]*\.code-workspace$)/,
    'is obeyed by editors',
  ],
  [
    /(^|\/)(\.claude\/|\.codex\/|\.cursor\/|\.gemini\/|\.mcp\.json$|opencode\.jsonc?$)/,
    'is obeyed by coding agents',
  ],
  [/(^|\/)(prefish\.config\.|\.prefishrc)/, 'is obeyed by prefish'],
  [/(^|\/)(\.envrc|\.mise\.toml|mise\.toml|\.tool-versions)$/, 'is obeyed by your shell'],
  [/(^|\/)(\.gitattributes|\.gitmodules)$/, 'is obeyed by git'],
  [
    /(^|\/)(\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.c?js|pnpm-workspace\.yaml|\.cargo\/config(\.toml)?|pip\.conf)$/,
    'is obeyed by package managers',
  ],
];

/** Scripts of a package.json that npm runs by itself: https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-scripts */
const lifecycle: ReadonlySet<string> = new Set([
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
  'dependencies',
]);

/** What of the changes reaches further than its file, and why. */
export async function riskyChanges(
  shadow: Shadow,
  changes: readonly RawChange[],
  signal: AbortSignal,
): Promise<readonly RiskyChange[]> {
  const found = await Promise.all(
    changes.map(async (change): Promise<readonly RiskyChange[]> => {
      const why = await risk(shadow, change, signal);
      return why === undefined ? [] : [{ path: displayPath(change.path), why }];
    }),
  );
  return found.flat();
}

async function risk(shadow: Shadow, change: RawChange, signal: AbortSignal): Promise<string | undefined> {
  const { path, status, oldMode, newMode } = change;
  if (status === 'D') return undefined;
  const lower = path.toLowerCase();
  const program = obeyed.find(([pattern]) => pattern.test(lower))?.[1];
  if (program !== undefined) return program;
  if (newMode === '120000') return `is a link to ${await blob(shadow, change.newId, signal)}`;
  if (newMode === '100755' && oldMode !== '100755') return 'becomes a program';
  if (!/(^|\/)package\.json$/.test(lower)) return undefined;
  const [before, after] = await Promise.all([
    status === 'A' ? '' : blob(shadow, change.oldId, signal),
    blob(shadow, change.newId, signal),
  ]);
  const [old, scripts] = [scriptsIn(before), scriptsIn(after)];
  const changed = Object.keys(scripts).filter((name) => lifecycle.has(name) && scripts[name] !== old[name]);
  return changed.length === 0 ? undefined : `changes ${changed.join(' and ')}, which npm install runs`;
}

async function blob(shadow: Shadow, id: string, signal: AbortSignal): Promise<string> {
  return (await shadow.git(['cat-file', 'blob', id], { signal })).stdout.toString('utf8');
}

function scriptsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const { scripts } = JSON.parse(text) as { readonly scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? (scripts as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
