import { isAbsolute, normalize } from 'node:path';
import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';
import type { LoginRequest } from '../account.ts';
import { maxLineBytes, type ContinueTask, type RepositoryHistory, type SubmitTask } from '../api.ts';
import { modelApis, type ModelAccess } from '../enclosure.ts';
import { objectIdPattern } from '../object-id.ts';
import { longestTagLine, tagNamePattern } from '../sent-tag.ts';
import { taskStates, type TaskState } from '../state.ts';
import { taskIdPattern } from '../task-id.ts';

// The small zod comes without words for what it finds.
z.config(en());

/** Checks what came from outside. */
export type Schema<T> = z.ZodMiniType<T>;

const maxText = 1024 * 1024;
const objectId = z.string().check(z.regex(objectIdPattern, 'must be a full git object id'));
const taskId = z.string().check(z.regex(taskIdPattern, 'must be a task id'));
const noNul = (value: string): boolean => !value.includes('\0');
const plainText = z.string().check(z.maxLength(maxText), z.refine(noNul, 'must not hold a NUL byte'));
const someText = plainText.check(z.minLength(1));
const line = someText.check(
  z.refine(
    (text) => Buffer.byteLength(text) <= maxLineBytes,
    `must not have more than ${maxLineBytes} bytes`,
  ),
);
const insideRoot = plainText.check(
  z.refine(
    (path) => !isAbsolute(path) && !normalize(path).split('/').includes('..'),
    'must be a path below the root',
  ),
);
const count = z.int().check(z.minimum(0));
const singleLine = z.string().check(z.maxLength(longestTagLine), z.regex(/^[^\0\n]*$/, 'must be one line'));
const tags = z
  .array(
    z.strictObject({
      name: z.string().check(z.regex(tagNamePattern, 'must be the name of a tag')),
      commit: objectId,
      tagger: z.optional(singleLine),
      subject: z.optional(singleLine),
    }),
  )
  .check(z.maxLength(1000));
/** The longest file that goes along, in UTF-16 units. A conversation is trimmed to less. */
const maxEnclosedFile = 4 * 1024 * 1024;
/** The most that `--attempts` may ask for. */
const mostAttempts = 16;
const fileName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a plain file name'));
const headerValue = z
  .string()
  .check(z.maxLength(16_384), z.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII'));
const models = z
  .array(
    z.strictObject({
      api: z.enum(modelApis as [ModelAccess['api'], ...ModelAccess['api'][]]),
      url: z.url({ protocol: /^https?$/ }),
      secret: headerValue,
      header: z.enum(['x-api-key', 'x-goog-api-key', 'authorization']),
      headers: z.optional(z.record(z.string().check(z.regex(/^[a-z0-9-]{1,100}$/)), headerValue)),
    }),
  )
  .check(z.maxLength(modelApis.length));
const enclosure = z.strictObject({
  settings: z.optional(z.json()),
  files: z.optional(z.record(fileName, z.string().check(z.maxLength(maxEnclosedFile)))),
});

/** {@link SubmitTask}; unknown keys are refused so that a typing error in an option is not ignored. */
export const submitTaskSchema: Schema<SubmitTask> = z.strictObject({
  id: taskId,
  line,
  title: z.optional(plainText),
  repo: z.string().check(z.regex(/^[a-z0-9]{8,64}$/, 'must be a repository id')),
  snapshot: objectId,
  base: z.strictObject({
    commit: z.nullable(objectId),
    branch: z.nullable(plainText),
    dirty: count,
    untracked: count,
  }),
  tags: z.optional(tags),
  root: plainText.check(
    z.refine((path) => isAbsolute(path) && normalize(path) === path, 'must be an absolute, normal path'),
  ),
  cwd: insideRoot,
  path: plainText,
  env: z.record(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)), plainText),
  git: z.boolean(),
  elsewhere: z.optional(z.boolean()),
  group: z.optional(
    z.strictObject({
      id: taskId,
      index: z.int().check(z.minimum(1), z.maximum(mostAttempts)),
      of: z.int().check(z.minimum(2), z.maximum(mostAttempts)),
    }),
  ),
  options: z.strictObject({
    after: z.optional(z.array(taskId).check(z.maxLength(100))),
    afterAny: z.optional(z.array(taskId).check(z.maxLength(100))),
    timeout: z.optional(z.number().check(z.positive(), z.maximum(30 * 24 * 3600))),
    retries: z.optional(z.int().check(z.minimum(0), z.maximum(100))),
    network: z.optional(z.enum(['none', 'allowlist', 'full'])),
    allow: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(255))).check(z.maxLength(1000))),
    carry: z.optional(z.array(insideRoot.check(z.minLength(1))).check(z.maxLength(1000))),
    identity: z.optional(z.strictObject({ name: plainText, email: plainText })),
    unsandboxed: z.optional(z.boolean()),
    keep: z.optional(z.array(insideRoot.check(z.minLength(1))).check(z.maxLength(1000))),
    mounts: z.optional(
      z.array(z.strictObject({ path: plainText, writable: z.optional(z.boolean()) })).check(z.maxLength(100)),
    ),
    setup: z.optional(line),
  }),
  enclosed: z.optional(enclosure),
  models: z.optional(models),
}) as Schema<SubmitTask>;

/** The body of `POST /v1/tasks/:id/continue`. */
export const continueSchema: Schema<ContinueTask> = z.strictObject({
  id: taskId,
  line,
  title: z.optional(plainText),
  enclosed: z.optional(enclosure),
  models: z.optional(models),
}) as never;

/** The query of `GET /v1/tasks`. */
export const taskQuerySchema: Schema<{
  state?: TaskState[];
  repo?: string;
  limit: number;
  cursor?: string;
  counts?: boolean;
}> = z.object({
  state: z.optional(z.array(z.enum(taskStates as [TaskState, ...TaskState[]]))),
  repo: z.optional(z.string()),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000)), 100),
  cursor: z.optional(z.string()),
  counts: z.optional(z.stringbool()),
}) as never;

/** The body of `PUT /v1/repositories/:repo`, where there is one. */
export const historySchema: Schema<RepositoryHistory> = z.strictObject({
  objects: plainText.check(
    z.refine((path) => isAbsolute(path) && normalize(path) === path, 'must be an absolute, normal path'),
  ),
  commit: objectId,
});

/** The body of `POST /v1/tasks/:id/retry`. */
export const retrySchema: Schema<{ id: string; models?: ModelAccess[] }> = z.strictObject({
  id: taskId,
  models: z.optional(models),
}) as never;

/** The body of `POST /v1/tasks/:id/messages`. */
export const messageSchema: Schema<{ text: string }> = z.strictObject({ text: someText });

/** The body of `POST /v1/clean`. */
export const cleanSchema: Schema<{ dryRun: boolean }> = z.strictObject({ dryRun: z.boolean() });

/** The body of `POST /v1/logins`. */
export const loginSchema: Schema<LoginRequest> = z.strictObject({
  code: z.string().check(z.maxLength(100)),
  device: z.string().check(z.minLength(1), z.maxLength(200)),
});

/** The body of `POST /v1/sessions`. */
export const signInSchema: Schema<{ code: string }> = z.strictObject({
  code: z.string().check(z.maxLength(100)),
});

/** The body of `POST /v1/tasks/:id/answers`. */
export const answerSchema: Schema<{ question: string; choice: string; seq?: number }> = z.strictObject({
  question: someText,
  choice: plainText,
  seq: z.optional(count),
}) as never;
