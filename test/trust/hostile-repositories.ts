import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Witness } from './witness.ts';

/** A repository whose configuration wants to run code, or to send lines elsewhere. */
export interface HostileRepository {
  readonly name: string;
  readonly files: (witness: Witness) => Readonly<Record<string, string>>;
  /** What no commit holds: links, pipes. `outside` is a folder of somebody else. */
  readonly prepare?: (repository: string, outside: string, witness: Witness) => void;
  /**
   * - `waits`: refused until trusted, and then it does what it wants, for the line that is named or for any
   * - `refused`: refused whatever the user says, with this code
   * - `unscannable`: refused until trusted, and it cannot be trusted: PREFISH_CONFIG_UNREADABLE
   * - `ignored`: prefish does not look there; run by Node, `file` would do what it wants
   */
  readonly fate:
    | { readonly waits: string | true }
    | { readonly refused: 'PREFISH_CONFIG_INVALID' | 'PREFISH_CONFIG_UNREADABLE' }
    | { readonly ignored: string }
    | { readonly unscannable: true };
}

const script = ({ code }: Witness): string => `${code}\nexport default {};\n`;
const commonJs = ({ code }: Witness): string => `${code}\nmodule.exports = {};\n`;
const json = JSON.stringify;

const scripts: HostileRepository[] = ['ts', 'mts', 'js', 'mjs'].map((extension) => ({
  name: `prefish.config.${extension}`,
  files: (witness) => ({ [`prefish.config.${extension}`]: script(witness) }),
  fate: { waits: true },
}));

const ignoredScripts: HostileRepository[] = [
  'prefish.config.cjs',
  'prefish.config.cts',
  '.prefishrc.js',
  '.prefishrc.ts',
  '.prefishrc.mjs',
  '.prefishrc.cjs',
  '.config/prefishrc.js',
  '.config/prefishrc.cjs',
  '.config/prefish.config.js',
  '.config/config.js',
  '.config/config.cjs',
  '.config/config.mjs',
  '.config/config.ts',
].map((path) => ({
  name: path,
  files: (witness) => ({
    'package.json': json({ type: path.endsWith('.ts') ? 'module' : 'commonjs' }),
    [path]: /\.(?:ts|m[jt]s)$/.test(path) ? script(witness) : commonJs(witness),
  }),
  fate: { ignored: path },
}));

const redirects: HostileRepository[] = [
  ['config.json', json({ cosmiconfig: { searchPlaces: ['evil.js'] }, prefish: { plugins: ['../evil.js'] } })],
  ['config.yaml', 'cosmiconfig:\n  searchPlaces: [evil.js]\nprefish:\n  plugins: [../evil.js]\n'],
  ['prefishrc', 'plugins: [../evil.js]\n'],
  ['prefishrc.json', json({ plugins: ['../evil.js'] })],
].map(([name, text]) => ({
  name: `.config/${name} that points to a script`,
  files: ({ plugin }) => ({
    [`.config/${name}`]: text!,
    'package.json': '{"type":"module"}',
    'evil.js': plugin,
  }),
  fate: { ignored: 'evil.js' },
}));

const pluginsByPath: HostileRepository[] = [
  ['prefish.config.json', json({ plugins: ['./evil.mjs'] })],
  ['prefish.config.yaml', 'plugins: [./evil.mjs]\n'],
  ['.prefishrc', 'plugins:\n  - [./evil.mjs, {}]\n'],
  ['.prefishrc.json', json({ plugins: ['./sub/../evil.mjs'] })],
  ['.prefishrc.yaml', 'plugins: [evil.mjs]\n'],
  ['package.json', json({ prefish: { plugins: ['./evil.mjs'] } })],
].map(([name, text]) => ({
  name: `${name} that names a plugin by its path`,
  files: ({ plugin }) => ({ [name!]: text!, 'evil.mjs': plugin }),
  fate: { waits: true },
}));

const data: HostileRepository[] = [
  {
    name: 'a plugin by the name of a package, in a node_modules that was committed',
    files: ({ plugin }) => ({
      'prefish.config.json': json({ plugins: ['prefish-plugin-evil'] }),
      'node_modules/prefish-plugin-evil/package.json': json({ type: 'module', exports: './index.js' }),
      'node_modules/prefish-plugin-evil/index.js': plugin,
    }),
    fate: { waits: true },
  },
  {
    name: 'a plugin outside of the repository',
    files: () => ({ 'prefish.config.json': json({ plugins: ['../outside/evil.mjs'] }) }),
    prepare: (_, outside, { plugin }) => writeFileSync(join(outside, 'evil.mjs'), plugin),
    fate: { waits: true },
  },
  {
    name: 'another server',
    files: ({ url }) => ({ 'prefish.config.json': json({ server: url }) }),
    fate: { waits: '& !true' },
  },
  {
    name: 'the command of an agent',
    files: ({ code }) => ({
      'prefish.config.json': json({ agent: { exec: ['node', '-e', code] } }),
    }),
    fate: { waits: 'a line for an agent' },
  },
  {
    name: 'a function in YAML',
    files: ({ code }) => ({
      'prefish.config.yaml': `plugins: !!js/function "function () { ${code.replaceAll('"', "'")} }"\n`,
    }),
    fate: { refused: 'PREFISH_CONFIG_UNREADABLE' },
  },
  {
    name: 'a bomb of YAML anchors',
    files: () => ({
      'prefish.config.yaml': [
        'a: &a [x, x, x, x, x, x, x, x, x]',
        ...'bcdefghij'.split('').map((name, n) => `${name}: &${name} [${`*${'abcdefghi'[n]}, `.repeat(9)}]`),
        'plugins: *j',
      ].join('\n'),
    }),
    fate: { refused: 'PREFISH_CONFIG_INVALID' },
  },
  ...['__proto__', 'constructor', 'prototype'].map<HostileRepository>((key) => ({
    name: `the key ${key} in JSON`,
    files: ({ plugin }) => ({
      'prefish.config.json': `{"prefixes":{"${key}":{"plugins":["./evil.mjs"]}},"${key}":{"plugins":["./evil.mjs"]}}`,
      'evil.mjs': plugin,
    }),
    fate: { refused: 'PREFISH_CONFIG_INVALID' },
  })),
  {
    name: 'the key __proto__ in YAML',
    files: ({ plugin }) => ({
      'prefish.config.yaml': '__proto__:\n  plugins: [./evil.mjs]\n',
      'evil.mjs': plugin,
    }),
    fate: { refused: 'PREFISH_CONFIG_INVALID' },
  },
  {
    name: 'variables in a .env file',
    files: ({ url, plugin }) => ({
      '.env': `PREFISH_SERVER=${url}\nPREFISH_CONFIG=evil.mjs\nNODE_OPTIONS=--import=./evil.mjs\n`,
      'evil.mjs': plugin,
    }),
    fate: { ignored: 'evil.mjs' },
  },
];

const links: HostileRepository[] = [
  ['a script outside', 'prefish.config.mjs', '../outside/evil.mjs'],
  ['a file of the system', 'prefish.config.yaml', '/etc/passwd'],
  ['nothing', 'prefish.config.json', 'nowhere.json'],
  ['a device', 'prefish.config.json', '/dev/zero'],
].map(([what, name, target]) => ({
  name: `a link to ${what}`,
  files: () => ({ 'README.md': '' }),
  prepare(repository, outside, witness) {
    writeFileSync(join(outside, 'evil.mjs'), script(witness));
    symlinkSync(target!, join(repository, name!));
  },
  fate: { refused: 'PREFISH_CONFIG_UNREADABLE' },
}));

const pipes: HostileRepository[] = [
  {
    name: 'a pipe',
    files: () => ({ 'README.md': '' }),
    prepare: (repository) => execFileSync('mkfifo', [join(repository, 'prefish.config.json')]),
    fate: { refused: 'PREFISH_CONFIG_UNREADABLE' },
  },
  {
    name: 'a pipe in the place of a plugin',
    files: () => ({ 'prefish.config.json': json({ plugins: ['./evil.mjs'] }) }),
    prepare: (repository) => execFileSync('mkfifo', [join(repository, 'evil.mjs')]),
    fate: { refused: 'PREFISH_CONFIG_UNREADABLE' },
  },
];

/** What Node itself would open, and never come back from. */
const manifests: HostileRepository[] = [
  [
    'the package of a plugin',
    'prefish.config.json',
    json({ plugins: ['evil'] }),
    'node_modules/evil/package.json',
  ],
  [
    'the package of an import',
    'prefish.config.mjs',
    'import "evil"; export default {};',
    'node_modules/evil/package.json',
  ],
  [
    'the folder of an import',
    'prefish.config.mjs',
    'import "./sub/x.js"; export default {};',
    'sub/package.json',
  ],
].flatMap(([what, name, text, manifest]) =>
  ['pipe', 'device'].map<HostileRepository>((kind) => ({
    name: `a ${kind} as the package.json of ${what}`,
    files: () => ({ [name!]: text!, 'node_modules/evil/index.js': '', 'sub/x.js': '' }),
    prepare(repository) {
      const path = join(repository, manifest!);
      if (kind === 'pipe') execFileSync('mkfifo', [path]);
      else symlinkSync('/dev/zero', path);
    },
    fate: name!.endsWith('.json') ? { refused: 'PREFISH_CONFIG_UNREADABLE' } : { unscannable: true },
  })),
);

export const hostileRepositories: readonly HostileRepository[] = [
  ...scripts,
  ...ignoredScripts,
  ...redirects,
  ...pluginsByPath,
  ...data,
  ...links,
  ...pipes,
  ...manifests,
];
