import {
  PrefishError,
  formatBytes,
  isFinal,
  type ContinueTask,
  type Enclosure,
  type SubmitTask,
} from '@prefish/protocol';
import type { KeptRequest, StoredTask } from '../store/store.ts';

/** How much of an enclosed file goes on to the next task, in UTF-16 units; what is older goes first. */
const mostText = 1024 * 1024;
/** How much goes on to the next task in all, in the same units: what one request may bring. */
const mostFiles = 16 * 1024 * 1024;

/**
 * The request of a task that takes up one that has ended: it begins with what that one left, on the same snapshot,
 * so that its result says what both have changed. What came along with that one comes along again; a file of the
 * same name goes on where the earlier one ended.
 *
 * @throws PREFISH_REQUEST_TOO_LARGE
 */
export function continuationOf(
  { task, request }: StoredTask,
  earlier: Enclosure | undefined,
  { id, line, title, enclosed, models = [] }: ContinueTask,
): { readonly request: SubmitTask; readonly continues: NonNullable<KeptRequest['continues']> } {
  const {
    modelApis: _,
    continues: before,
    repeats: _repeats,
    title: __,
    group: ___,
    options,
    ...kept
  } = request;
  const { after: ____, afterAny: _____, ...lasting } = options;
  const together = joined(earlier, enclosed);
  const commit = task.result?.commit ?? before?.commit;
  return {
    request: {
      ...kept,
      id,
      line,
      ...(title !== undefined && { title }),
      options: lasting,
      models,
      ...(together !== undefined && { enclosed: together }),
    },
    continues: { task: task.id, ...(commit !== undefined && { commit }) },
  };
}

/** Sees that a task can be taken up. @throws PREFISH_TASK_STATE while it has not ended */
export function checkEnded({ task }: StoredTask): void {
  if (isFinal(task.state)) return;
  throw new PrefishError('PREFISH_TASK_STATE', `Task ${task.id} has not ended yet.`, {
    hint: `prefish tasks send ${task.number} TEXT says it to the task as it runs.`,
  });
}

function joined(earlier: Enclosure | undefined, later: Enclosure | undefined): Enclosure | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier;
  const files = { ...earlier.files };
  for (const [name, text] of Object.entries(later.files ?? {})) {
    const before = files[name];
    files[name] = before === undefined ? text : `${before}\n${text}`.slice(-mostText);
  }
  const length = Object.values(files).reduce((total, text) => total + text.length, 0);
  if (length > mostFiles) {
    throw new PrefishError(
      'PREFISH_REQUEST_TOO_LARGE',
      `What came along with the earlier task and this message has more than ${formatBytes(mostFiles)} together.`,
    );
  }
  return { ...earlier, ...later, ...(Object.keys(files).length > 0 && { files }) };
}
