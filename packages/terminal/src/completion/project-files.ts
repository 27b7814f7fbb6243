import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How long a list is good for: it is asked for at each key. */
const freshMs = 5000;
/** Of a folder that is no repository, so many entries are looked at. */
const maxEntries = 5000;
const maxListBytes = 64 * 1024 * 1024;

interface FileList {
  readonly at: number;
  readonly files: Promise<readonly string[]>;
}

const lists = new Map<string, FileList>();

/** The files of the project that `cwd` is in, relative to it: those git knows and new ones, not ignored ones. Never rejects. */
export function projectFiles(cwd: string): Promise<readonly string[]> {
  const known = lists.get(cwd);
  if (known !== undefined && performance.now() - known.at < freshMs) return known.files;
  const files = listFiles(cwd);
  lists.set(cwd, { at: performance.now(), files });
  return files;
}

async function listFiles(cwd: string): Promise<readonly string[]> {
  const listed = await gitFiles(cwd).catch(() => undefined);
  return listed ?? filesBelow(cwd);
}

function gitFiles(cwd: string): Promise<readonly string[]> {
  // Nothing that the repository configures is run for a list of its files.
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ':/'];
  return new Promise((resolve, reject) => {
    execFile('git', [...safe, ...list], { cwd, maxBuffer: maxListBytes }, (error, stdout) => {
      if (error === null) resolve(stdout.split('\0').slice(0, -1));
      else reject(error);
    });
  });
}

async function filesBelow(cwd: string): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    const entries = await readdir(join(cwd, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else files.push(path);
    }
    if (files.length + folders.length > maxEntries) break;
  }
  return files;
}
