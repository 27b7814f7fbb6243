import { isPrefishError, type Event, type Task } from '@prefish/protocol';
import { type Signal, signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { following } from '../server/connection.ts';
import { server } from '../server/server.ts';
import { notice } from '../task/attempt.ts';
import { taskList } from '../tasks/task-list.ts';
import { Transcript } from './transcript.ts';

/** A task that is followed, and everything that it has said. */
export interface FollowedTask {
  readonly task: Signal<Task | undefined>;
  readonly transcript: Transcript;
  /** Why it cannot be shown. */
  readonly problem: Signal<string | undefined>;
}

/** Follows a task for as long as the component is there. */
export function useTranscript(id: string): FollowedTask {
  const [followed] = useState<FollowedTask>(() => ({
    task: signal(taskList.get(id)),
    transcript: new Transcript(),
    problem: signal(undefined),
  }));
  useEffect(() => {
    const until = new AbortController();
    follow(id, followed, until.signal).catch((error: unknown) => {
      if (until.signal.aborted) return;
      if (isPrefishError(error) && error.code === 'PREFISH_TASK_NOT_FOUND')
        followed.problem.value = error.message;
      else notice.value = { kind: 'failed', text: String(error) };
    });
    return () => until.abort();
  }, [id, followed]);
  return followed;
}

/** What arrives within so many milliseconds of the last drawing is drawn together; what comes after a pause, at once. */
const frame = 16;

async function follow(id: string, { task, transcript }: FollowedTask, until: AbortSignal): Promise<void> {
  let arrived: Event[] = [];
  let drawn = -frame;
  const show = (): void => {
    transcript.take(arrived);
    arrived = [];
    if (!document.hidden) draw();
  };
  const draw = (): void => {
    drawn = performance.now();
    transcript.draw();
  };
  document.addEventListener('visibilitychange', draw, { signal: until });
  await following(async (answered) => {
    for await (const item of server.follow(id, transcript.last, until)) {
      answered();
      if (item.kind === 'snapshot') {
        task.value = item.task;
        taskList.learn(item.task);
        continue;
      }
      if (arrived.push(item.event) === 1) setTimeout(show, drawn + frame - performance.now());
    }
  }, until);
}
