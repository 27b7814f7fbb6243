import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findProgram } from '../../packages/processes/src/find-program.ts';

/** A machine that loses its power: what was not synced is gone from its disk, and its next boot is another one. */
export interface Power extends Disposable {
  /** For whatever is to run on it. `PATH` has a git that runs there too, whatever environment it is given. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Gives every file below a folder the content that it had when it was synced last, and none where it never was; as
   * file systems do that order names before content. Nothing may write there any more.
   */
  cut(folder: string): void;
  /** What of a folder a power cut would take. */
  unsynced(folder: string): readonly string[];
}

/** The power of a machine whose disk is all paths that begin with `below`. */
export function openPower(below: string): Power {
  const folder = mkdtempSync(join(tmpdir(), 'prefish-power-'));
  const [library, kept] = [join(folder, 'unsynced.so'), join(folder, 'kept')];
  mkdirSync(kept);
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, join(import.meta.dirname, 'unsynced.c')]);
  const own = { LD_PRELOAD: library, SYNCED_BELOW: below, SYNCED_TO: kept, BOOT_ID: join(folder, 'boot-id') };
  const boot = (): void => writeFileSync(own.BOOT_ID, `${randomUUID()}\n`);
  boot();
  const path = process.env['PATH'] ?? '';
  const settings = Object.entries(own).map(([name, value]) => `export ${name}=${value}`);
  mkdirSync(join(folder, 'bin'));
  const git = `#!/bin/sh\n${settings.join('\n')}\nexec ${findProgram('git', path)} "$@"\n`;
  writeFileSync(join(folder, 'bin', 'git'), git, { mode: 0o755 });
  /** Each file that is not what it was when it was synced, and where that is kept; nowhere, where it never was. */
  const changedSince = (from: string): [string, string?][] =>
    readdirSync(from, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap(({ parentPath, name }): [string, string?][] => {
        const path = join(parentPath, name);
        const { ino, birthtimeNs, size } = statSync(path, { bigint: true });
        const [seconds, rest] = [birthtimeNs / 1_000_000_000n, birthtimeNs % 1_000_000_000n];
        const synced = join(kept, `${ino}-${seconds}.${String(rest).padStart(9, '0')}`);
        if (!existsSync(synced)) return size > 0n ? [[path]] : [];
        return readFileSync(synced).equals(readFileSync(path)) ? [] : [[path, synced]];
      });
  return {
    env: { ...own, PATH: `${join(folder, 'bin')}${delimiter}${path}` },
    cut(from) {
      boot();
      for (const [path, synced] of changedSince(from)) {
        if (synced === undefined) truncateSync(path);
        else copyFileSync(synced, path);
      }
    },
    unsynced: (from) => changedSince(from).map(([path]) => path),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
