import { isAbsolute, normalize } from 'node:path';
import * as z from 'zod';
import type { SubmitTask } from '../api.ts';
import { taskStates, type TaskState } from '../state.ts';
import { taskIdPattern } from '../task-id.ts';

const maxLine = 1024 * 1024;
const objectId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a full git object id');
const taskId = z.string().regex(taskIdPattern, 'must be a task id');
const noNul = (value: string): boolean => !value.includes('\0');
const plainText = z.string().max(maxLine).refine(noNul, 'must not hold a NUL byte');
const insideRoot = plainText.refine(
  (path) => !isAbsolute(path) && !normalize(path).split('/').includes('..'),
  'must be a path below the root',
);
const count = z.int().min(0);

/** {@link SubmitTask}; unknown keys are refused so that a typing error in an option is not ignored. */
export const submitTaskSchema: z.ZodType<SubmitTask> = z.strictObject({
  id: taskId,
  line: plainText.min(1),
  title: plainText.optional(),
  repo: z.string().regex(/^[a-z0-9]{8,64}$/, 'must be a repository id'),
  snapshot: objectId,
  base: z.strictObject({
    commit: objectId.nullable(),
    branch: plainText.nullable(),
    dirty: count,
    untracked: count,
  }),
  root: plainText.refine(
    (path) => isAbsolute(path) && normalize(path) === path,
    'must be an absolute, normal path',
  ),
  cwd: insideRoot,
  path: plainText,
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), plainText),
  git: z.boolean(),
  options: z.strictObject({
    after: z.array(taskId).max(100).optional(),
    timeout: z
      .number()
      .positive()
      .max(30 * 24 * 3600)
      .optional(),
    retries: z.int().min(0).max(100).optional(),
    network: z.enum(['none', 'allowlist', 'full']).optional(),
    carry: z.array(insideRoot.min(1)).max(1000).optional(),
    identity: z.strictObject({ name: plainText, email: plainText }).optional(),
    unsandboxed: z.boolean().optional(),
  }),
}) as z.ZodType<SubmitTask>;

/** The query of `GET /v1/tasks`. */
export const taskQuerySchema: z.ZodType<{
  state?: TaskState[];
  repo?: string;
  limit: number;
  cursor?: string;
}> = z.object({
  state: z.array(z.enum(taskStates as [TaskState, ...TaskState[]])).optional(),
  repo: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().optional(),
}) as never;

/** The body of `POST /v1/tasks/:id/retry`. */
export const retrySchema: z.ZodType<{ id: string }> = z.strictObject({ id: taskId });

/** The body of `POST /v1/tasks/:id/messages`. */
export const messageSchema: z.ZodType<{ text: string }> = z.strictObject({ text: plainText.min(1) });

/** The body of `POST /v1/tasks/:id/answers`. */
export const answerSchema: z.ZodType<{ question: string; choice: string }> = z.strictObject({
  question: plainText.min(1),
  choice: plainText,
});
