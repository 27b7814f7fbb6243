import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '@prefish/protocol';
import { has } from '../../support/capabilities.ts';
import { prefish } from '../held-task.ts';
import { interleaved, type Row } from '../row.ts';
import { sandboxedTime } from '../sandboxed-time.ts';

export const firstEvent: Row = {
  what: 'first output of a task, from its acceptance',
  against: has('bubblewrap') ? 'the same sandbox with node -e 0' : 'node -e 0; there is no sandbox here',
  budget: 1.7,
  async measure(bench) {
    const cwd = join(bench.folder, 'first-event');
    mkdirSync(cwd);
    execFileSync('git', ['init', '-q'], { cwd, env: bench.env });
    let round = 0;
    const figures = await interleaved(
      Math.min(bench.rounds, 15),
      async () => {
        const events = prefish(bench, cwd, ['--json', '-c', '& --wait !echo hi'])
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Event)
          .filter(({ task }) => task !== undefined);
        const at = (wanted: (event: Event) => boolean): number => Date.parse(events.find(wanted)!.at);
        const accepted = at((event) => event.type === 'state' && event.state === 'submitted');
        return at((event) => event.type === 'output') - accepted;
      },
      () => sandboxedTime(bench, ++round),
    );
    return { ...figures, unit: 'ms' };
  },
};
