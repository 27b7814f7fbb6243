import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How often it is seen whether the process is at rest, in milliseconds. */
const usualPause = 5000;
/** So much processor time between two looks is work, in microseconds. */
const work = 50_000;

/**
 * Gives memory back once this process has come to rest after work. V8 collects garbage when something is allocated, so
 * a server with nothing to do keeps for days what its last task left: some 40 MB. It takes some tens of milliseconds.
 *
 * @returns what ends it
 */
export function spareMemory(pause: number = usualPause): () => void {
  let before = process.cpuUsage();
  let worked = true;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if (user + system > work) worked = true;
    else if (worked) {
      worked = false;
      collectGarbage();
    }
    before = process.cpuUsage();
  }, pause).unref();
  return () => clearInterval(timer);
}

type CollectGarbage = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: CollectGarbage | undefined;

/** V8 offers this to contexts that are made under a flag; on the command line that would refuse what is kept compiled. */
function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as CollectGarbage;
    setFlagsFromString('--no-expose-gc');
  }
  collect({ type: 'major', flavor: 'last-resort' });
}
