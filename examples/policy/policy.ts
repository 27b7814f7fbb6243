import { appendFile } from 'node:fs/promises';
import { definePlugin, exitOf, Stage, type Outcome, type Route } from '@prefish/core';
import * as z from 'zod';

const flag = (short: string, long: string): string =>
  String.raw`(?=[^;&|\n]*\s(?:-\w*[${short}]|--${long}\b))`;
const rmRecursiveForce = String.raw`\brm\b${flag('rR', 'recursive')}${flag('f', 'force')}`;

const options = z.object({
  /** The audit log: one JSON object a line. */
  log: z.string(),
  /**
   * What is asked about: a regular expression over the lines of the prefixes below. This one sees `rm` with both
   * `-r` and `-f`, however they are written. It is a seat belt and no wall: scripts, aliases, `find -delete`,
   * `"r"m` and a variable that holds `-rf` get past it.
   */
  dangerous: z.string().default(rmRecursiveForce),
  /** The prefixes that run commands, by their ids: their tokens may be changed. */
  prefixes: z.array(z.string()).default(['shell', 'shell-private', 'teleport']),
});

export default definePlugin({
  name: 'prefish-plugin-policy',
  version: '0.0.0',
  api: '^1',
  options,
  setup({ hooks, options: { log, dangerous, prefixes } }) {
    const pattern = new RegExp(dangerous);
    const runsCommands = (route: Route): boolean =>
      route.kind === 'prefix' && prefixes.includes(route.prefix.id);

    hooks.dispatch.tapPromise({ name: 'ask', stage: Stage.early }, async (route, { ask }) => {
      if (!runsCommands(route) || !pattern.test(route.body)) return undefined;
      const yes = await ask.confirm(`Really run ${route.text}?`).catch(() => false);
      return yes ? undefined : { type: 'denied', reason: `Nobody said yes to ${route.text}` };
    });

    hooks.settled.tapPromise('log', (route, result) =>
      appendFile(log, `${JSON.stringify(entry(route, result))}\n`, { mode: 0o600 }),
    );
  },
});

function entry(route: Route, result: Outcome | Error): object {
  return {
    at: new Date().toISOString(),
    line: route.text,
    outcome: result instanceof Error ? result.message : result.type,
    ...exitOf(result),
  };
}
