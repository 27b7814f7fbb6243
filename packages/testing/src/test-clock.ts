import { syncBuiltinESMExports } from 'node:module';

/** Time that stands still until a test moves it: timers and `Date` of the whole process. `AbortSignal.timeout` stays real. */
export interface TestClock {
  /** What `Date.now()` gives. */
  readonly now: number;
  /** Moves time on by milliseconds. Timers that fall due run in order, each with what awaits it. */
  tick(milliseconds: number): Promise<void>;
}

/** A clock that is installed, until it is taken away. */
export interface InstalledClock extends TestClock {
  uninstall(): void;
}

let installed = false;

/**
 * Replaces the timers and `Date` of this process. Immediates and microtasks stay real, so that files
 * and sockets go on.
 *
 * @throws when another clock is installed: there is one process, and one time
 */
export async function installClock(start: Date = new Date()): Promise<InstalledClock> {
  if (installed) throw new Error('Another testShell of this process has a fake clock; dispose of it first');
  installed = true;
  const { install } = await import('@sinonjs/fake-timers');
  const clock = install({
    now: start.getTime(),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  // Without it, `import { setTimeout } from 'node:timers/promises'` would keep the real one.
  syncBuiltinESMExports();
  return {
    get now() {
      return clock.now;
    },
    tick: async (milliseconds) => {
      await clock.tickAsync(milliseconds);
    },
    uninstall: () => {
      clock.uninstall();
      syncBuiltinESMExports();
      installed = false;
    },
  };
}
