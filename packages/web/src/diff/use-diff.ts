import { isFinal, type Task, type TaskDiff } from '@prefish/protocol';
import { useEffect, useState } from 'preact/hooks';
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
    let gone = false;
    const load = async (): Promise<void> => {
      if (document.visibilityState === 'visible') {
        await attempt(async () => {
          const read = live ? await server.liveDiff(id) : await server.diff(id);
          if (gone || read.patch === shown) return;
          shown = read.patch;
          setDiff(read);
        });
      }
      if (live && !gone) timer = setTimeout(() => void load(), interval);
    };
    void load();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id, live]);
  return diff;
}
