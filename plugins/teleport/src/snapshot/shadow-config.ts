/** The settings that decide how a file of the work tree becomes a blob. None of them runs a program. */
const copied = [
  'core.attributesfile',
  'core.autocrlf',
  'core.eol',
  'core.excludesfile',
  'core.filemode',
  'core.ignorecase',
  'core.longpaths',
  'core.precomposeunicode',
  'core.safecrlf',
  'core.sparsecheckout',
  'core.sparsecheckoutcone',
  'core.symlinks',
];

/** Nothing is compressed: what is captured is pushed at once, and mostly read once. */
const own: readonly (readonly [string, string])[] = [
  ['core.repositoryformatversion', '0'],
  ['core.bare', 'false'],
  ['core.logallrefupdates', 'false'],
  ['core.splitindex', 'false'],
  ['splitindex.sharedindexexpire', '1.hour.ago'],
  ['core.untrackedcache', 'false'],
  ['core.bigfilethreshold', '1m'],
  ['core.loosecompression', '0'],
  ['pack.compression', '0'],
  ['gc.auto', '0'],
  ['index.threads', 'true'],
  ['advice.addembeddedrepo', 'false'],
];

/**
 * For a command that writes the shadow's own index: only what has changed is written, where git would write and hash all
 * of 50,000 entries twice a snapshot. Other indexes in a shadow stay whole, because the part that is shared is removed
 * where it seems to be nobody's.
 */
export const splitIndex: Readonly<Record<string, string>> = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'core.splitIndex',
  GIT_CONFIG_VALUE_0: 'true',
};

/** The configuration file of a shadow repository, from the user's effective settings. */
export function shadowConfig(user: ReadonlyMap<string, string>): string {
  const settings = [
    ...own,
    ...copied.flatMap((key): [string, string][] => {
      const value = user.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  ];
  return [...settings.map(([key, value]) => section(key, value)), ...switchOffFilters(user)].join('');
}

/**
 * No filter is run, whoever configured it: a task gets what is in the work tree, where the filter's program may not
 * even be there. What git would say of an empty one: nothing.
 */
function switchOffFilters(user: ReadonlyMap<string, string>): string[] {
  const drivers = [...user.keys()].map((key) => /^filter\.(.+)\.[^.]+$/s.exec(key)?.[1]);
  const names = [...new Set(drivers)].filter((name) => name !== undefined);
  return names.map(
    (name) => `[filter ${quoted(name)}]\n\tclean = ""\n\tsmudge = ""\n\tprocess = ""\n\trequired = false\n`,
  );
}

function section(key: string, value: string): string {
  const [group, name] = key.split('.');
  return `[${group}]\n\t${name} = ${quoted(value)}\n`;
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
