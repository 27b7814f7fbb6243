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
export const installScripts: ReadonlySet<string> = new Set([
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
  'dependencies',
]);

/**
 * Why a change of a file reaches further than the file, by its path: another program runs it, or obeys it, by itself.
 * As the end of a sentence: `runs where the repository is pushed to`.
 */
export function riskOfPath(path: string): string | undefined {
  const lower = path.toLowerCase();
  return obeyed.find(([pattern]) => pattern.test(lower))?.[1];
}
