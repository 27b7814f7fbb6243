import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../../packages/durable/src/index.ts';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.prefish');

/** The major versions of Node that plugins are written for. */
export type NodeVersion = '22' | '24';

/** The program of a version: 24 is the one that runs the tests, 22 comes from a package of the registry and is kept. */
export async function nodeOf(version: NodeVersion): Promise<string> {
  if (version === '24') return process.execPath;
  const folder = join(cache, 'node-22');
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    await withLock(join(cache, 'node-22.lock'), () => (existsSync(folder) ? undefined : fetchOlder(folder)), {
      timeoutMs: 60_000,
    });
  }
  return join(folder, 'node_modules', packageOfOlder, 'bin', 'node');
}

const packageOfOlder = `node-${process.platform}-${process.arch}`;

async function fetchOlder(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  const install = ['install', '--prefix', unfinished, '--prefer-offline', '--ignore-scripts', '--no-audit'];
  await run('npm', [...install, '--no-fund', `${packageOfOlder}@^22.19.0`], { env: strangerEnvironment() });
  await rename(unfinished, folder);
}

/**
 * The variables of somebody who has npm with its settings and its cache, and nothing of this workspace or of
 * the tests; `own` is added.
 */
export function strangerEnvironment(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(npm_|PREFISH|XDG_|VITEST|NODE_(?!EXTRA_CA_CERTS)|TEST$|INIT_CWD$|FORCE_COLOR$)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    CI: '1',
    NO_COLOR: '1',
    npm_config_cache: join(homedir(), '.npm'),
    npm_config_userconfig: join(homedir(), '.npmrc'),
    npm_config_update_notifier: 'false',
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    ...own,
  };
}
