import { isFinal, type Task, type TaskDiff } from '@prefish/protocol';
import { useEffect, useState } from 'preact/hooks';
import { following } from '../server/connection.ts';
import { server } from '../server/server.ts';
import { attempt } from '../task/attempt.ts';

/** How often the changes of a running task are looked at, in milliseconds. */
const interval = 2000;

/** What a task changed, or has changed so far; `undefined` until that is known. */
export function useDiff({ id, state }: Task): TaskDiff | undefined {
  const [diff, setDiff] = useState<TaskDiff>();
  const live = !isFinal(state);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shown: string | undefined;
    const until = new AbortController();
    const read = async (answered: () => void): Promise<void> => {
      const now = live ? await server.liveDiff(id) : await server.diff(id);
      answered();
      if (until.signal.aborted || now.patch === shown) return;
      shown = now.patch;
      setDiff(now);
    };
    const load = async (): Promise<void> => {
      if (document.visibilityState === 'visible') await attempt(() => following(read, until.signal));
      if (live && !until.signal.aborted) timer = setTimeout(() => void load(), interval);
    };
    void load();
    return () => {
      until.abort();
      clearTimeout(timer);
    };
  }, [id, live]);
  return diff;
}
