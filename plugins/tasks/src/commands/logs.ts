import { PrefishError, type Args, type Event, type Outcome, type RunContext } from '@prefish/core';
import { createSanitizer } from '@prefish/screen';
import { wholeNumber } from './numbers.ts';

/**
 * `tasks logs ID`: for people what the task printed, on the streams it was printed to and sanitised;
 * with `--json` its events exactly as they were written down, so that `--after` resumes.
 *
 * @throws PREFISH_TASK_ACTION when the source keeps no transcripts
 */
export async function runLogs({ values, positionals }: Args, context: RunContext): Promise<Outcome> {
  const after = wholeNumber('after', values['after'], 0) ?? 0;
  const { task, source } = await context.shell.tasks.find(positionals[0]!, context.signal);
  if (source.events === undefined) {
    throw new PrefishError('PREFISH_TASK_ACTION', `${source.title} keep no transcript of ${task.id}`);
  }
  const show = values['json'] === true ? context.out.record : createReader(context);
  const query = { after, follow: values['follow'] === true };
  for await (const event of source.events(task.id, query, context.signal)) {
    show(event);
    await context.out.drain();
  }
  return { type: 'ok' };
}

/** Prints what a person reads of a transcript. */
function createReader({ out }: RunContext): (event: Event) => void {
  const sanitizers = { stdout: createSanitizer(), stderr: createSanitizer() };
  return (event) => {
    if (event.type === 'output') {
      const text = sanitizers[event.stream].write(event.text);
      if (text !== '') out.write(text, event.stream);
    } else if (isTold(event)) {
      const { seq: _seq, at: _at, task: _task, ...body } = event;
      out.event(body);
    } else if (event.type === 'exit') {
      for (const stream of ['stdout', 'stderr'] as const) {
        const rest = sanitizers[stream].end();
        if (rest !== '') out.write(rest, stream);
      }
    }
  };
}

function isTold({ type }: Event): boolean {
  return ['message', 'thought', 'tool', 'plan', 'question', 'warning', 'error'].includes(type);
}
