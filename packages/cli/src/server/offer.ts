import { execFile } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createShell } from '@prefish/core';
import { writeDurably } from '@prefish/durable';
import { errorMessage } from '@prefish/protocol';
import type { Offer, Runtime } from '@prefish/server';
import { retentionOf, taskLimits } from '../config/size.ts';
import { taskPlugins } from '../default-plugins.ts';
import type { Folders } from '../folders.ts';
import { entry } from '../installation.ts';
import { pluginsFolder } from '../plugins/installed.ts';
import { serverFolder } from './location.ts';
import { offeredMounts } from './offered-mounts.ts';
import { offeredPrefixes } from './offered-prefixes.ts';
import type { PrintedOffer } from './print-offer.ts';
import { taskRuntime } from './runtime.ts';

const run = promisify(execFile);

/** How long the user's plugins may take to say what they offer, in milliseconds. */
const deadlineMs = 30_000;

/**
 * What tasks can run: the lines of the default plugins, and those of the plugins that the user has
 * installed or configured. A prefish of its own is asked for these, whenever their files have changed,
 * so that no plugin runs in the server.
 */
export function createOffer(
  folders: Folders,
  log: (level: 'warn', message: string) => void,
): () => Promise<Offer> {
  let known: { readonly offer: Promise<Offer>; readonly files: readonly string[]; state: string } | undefined;
  return () => {
    if (known?.state === fingerprint(known?.files ?? [])) return known.offer;
    const files = [folders.config, join(pluginsFolder(folders), 'package.json')];
    const current = { offer: Promise.resolve().then(ask), files, state: fingerprint(files) };
    known = current;
    return current.offer;

    async function ask(): Promise<Offer> {
      if (!files.some((path) => existsSync(path))) return defaultOffer(folders);
      try {
        const printed = await printedOffer();
        files.push(...printed.files);
        current.state = fingerprint(files);
        return await offerOf(printed, folders);
      } catch (error) {
        log('warn', `tasks run without the user's plugins: ${errorMessage(error)}`);
        return defaultOffer(folders);
      }
    }
  };
}

async function printedOffer(): Promise<PrintedOffer> {
  const { stdout } = await run(process.execPath, [entry, 'daemon', 'offer'], {
    cwd: '/',
    // As in a task: no repository's configuration counts, and nothing that was left over is delivered.
    env: { ...process.env, PREFISH_TASK: 'offer' },
    timeout: deadlineMs,
  });
  return JSON.parse(stdout) as PrintedOffer;
}

async function defaultOffer(folders: Folders): Promise<Offer> {
  await using shell = await createShell({ plugins: taskPlugins(folders), cwd: '/' });
  return { prefixes: offeredPrefixes(shell), runtime: { ...taskRuntime(), arguments: ['--no-config'] } };
}

async function offerOf(
  { prefixes, config, shown, files, folders: modules, machine }: PrintedOffer,
  folders: Folders,
): Promise<Offer> {
  const runtime = taskRuntime();
  const installed = pluginsFolder(folders);
  const mounts = offeredMounts(files, [...modules, ...(existsSync(installed) ? [installed] : [])]);
  return {
    prefixes,
    limits: taskLimits(machine?.limits),
    ...(machine?.retention === undefined ? {} : { retention: retentionOf(machine.retention) }),
    reach: machine?.allow ?? [],
    runtime: {
      ...runtime,
      mounts: [
        ...runtime.mounts,
        ...(config === undefined || shown === undefined
          ? mounts
          : await showing(shown, realpathSync(config), mounts, folders)),
      ],
      arguments: [...(config === undefined ? [] : ['--config', config]), '--plugins-folder', installed],
    },
  };
}

/** The mounts, with another text in the place of a file. Attempts that run keep the one that they began with. */
async function showing(
  text: string,
  file: string,
  mounts: Runtime['mounts'],
  folders: Folders,
): Promise<Runtime['mounts']> {
  const source = join(serverFolder(folders), 'task-config.json');
  await writeDurably(source, text);
  return mounts.map((mount) => (mount.target === file && mount.link !== true ? { ...mount, source } : mount));
}

/** Says the same of files that are the same. */
function fingerprint(files: readonly string[]): string {
  return files
    .map((path) => {
      const { ino, size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return `${path} ${ino} ${size} ${mtimeMs}`;
    })
    .join('\n');
}
