import type { Task, TaskOptions } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import { span } from '../text/elapsed.ts';
import { visible } from '../text/visible.ts';
import { attempt } from './attempt.ts';

/** What was asked of a task besides its line, for those who want to know it. */
export function TaskOptionsList({ task }: { readonly task: Task }): JSX.Element {
  const [options, setOptions] = useState<TaskOptions>();
  const load = (): void => {
    if (options === undefined) void attempt(async () => setOptions(await server.options(task.id)));
  };
  return (
    <details class="more opens" onToggle={load}>
      <summary>Details</summary>
      <dl>
        {[...linesOf(task), ...(options === undefined ? [] : optionLines(options))].map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>{visible(value)}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

type Line = readonly [name: string, value: string];

function linesOf(task: Task): readonly Line[] {
  const { id, line, place, root, base, sandbox, network, createdAt, startedAt, endedAt } = task;
  const at = (name: string, time: string | undefined): readonly Line[] =>
    time === undefined ? [] : [[name, new Date(time).toLocaleString()]];
  return [
    ['Line', line],
    ['Id', id],
    ['Runs on', place],
    ...(root === undefined ? [] : ([['Repository', root]] as const)),
    ...(base?.commit == null ? [] : ([['From', `${base.branch ?? 'detached'}@${base.commit}`]] as const)),
    ['Sandbox', sandbox],
    ['Network', network],
    ...at('Submitted', createdAt),
    ...at('Began', startedAt),
    ...at('Ended', endedAt),
  ];
}

function optionLines(options: TaskOptions): readonly Line[] {
  const { setup, timeout, retries, carry = [], keep = [], allow = [], afterAny = [] } = options;
  const list = (name: string, values: readonly string[]): readonly Line[] =>
    values.length === 0 ? [] : [[name, values.join('\n')]];
  return [
    ...list('Set-up', setup === undefined ? [] : [setup]),
    ...list('Time limit', timeout === undefined ? [] : [span(timeout * 1000)]),
    ...list('Retries', retries === undefined ? [] : [`${retries}, where the worker is lost`]),
    ...list('Carried along', carry),
    ...list('Keeps', keep),
    ...list('May reach', allow),
    ...list('After the end of', afterAny),
  ];
}
