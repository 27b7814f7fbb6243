import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A clock that a test sets, for the processes that are started with its environment. */
export interface ShiftedClock extends Disposable {
  readonly env: Readonly<Record<string, string>>;
  /** Sets it so many seconds before or behind the true time, at once and for all of them. */
  shift(seconds: number): void;
}

/** Makes a clock, with the compiler of this machine. Any user may look at it. */
export function shiftedClock(): ShiftedClock {
  const folder = mkdtempSync(join(tmpdir(), 'prefish-clock-'));
  chmodSync(folder, 0o755);
  const [library, path] = [join(folder, 'clock.so'), join(folder, 'shift')];
  const source = join(import.meta.dirname, 'shifted-clock.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
  const file = openSync(path, 'w', 0o644);
  const shift = (seconds: number): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeSync(file, bytes, 0, 8, 0);
  };
  shift(0);
  return {
    env: { LD_PRELOAD: library, CLOCK_SHIFT: path },
    shift,
    [Symbol.dispose]() {
      closeSync(file);
      rmSync(folder, { recursive: true });
    },
  };
}
