import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { withoutInherited } from '@prefish/processes';
import type { Folders } from '../folders.ts';
import { entry } from '../installation.ts';
import { makeUsableFolder } from '../usable-folders.ts';
import { logFile } from './location.ts';

/** The exit code of a server process that found another one at work in its folder. */
export const alreadyRunningCode = 5;

/** A log longer than this is put aside when the next server starts. */
const maxLogBytes = 5 * 1024 * 1024;

/** What the server needs of the environment of whoever starts it, the way to the APIs of models included. Tasks get their submitter's, never the server's. */
const kept =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|XDG_.*|PREFISH_HOME|PREFISH_DEBUG|LD_LIBRARY_PATH|NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|SSL_CERT_(FILE|DIR)|(HTTPS?|NO)_PROXY|(https?|no)_proxy)$/;

let latest: ChildProcess | undefined;

/**
 * Starts a server process that outlives this one, unless one that this process has started still runs:
 * a second one would wait for the lock of the first, and take over from it when it is told to stop.
 * Whether it came up is for others to find out.
 */
export function spawnDaemon(folders: Folders): ChildProcess {
  if (latest?.pid === undefined || latest.exitCode !== null || latest.signalCode !== null) {
    latest = spawnProcess(folders);
  }
  return latest;
}

function spawnProcess(folders: Folders): ChildProcess {
  const log = openLog(logFile(folders));
  try {
    const daemon = spawn(process.execPath, [entry, 'daemon', 'run'], {
      cwd: '/',
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name))),
      detached: true,
      stdio: withoutInherited(['ignore', log, log]),
    });
    daemon.unref();
    return daemon;
  } finally {
    closeSync(log);
  }
}

function openLog(path: string): number {
  makeUsableFolder(dirname(path));
  try {
    if (statSync(path).size > maxLogBytes) renameSync(path, `${path}.1`);
  } catch {
    // There is none yet, or another shell has just put it aside.
  }
  return openSync(path, 'a', 0o600);
}
