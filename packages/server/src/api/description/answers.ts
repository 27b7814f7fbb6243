import {
  taskStates,
  type AccessToken,
  type Account,
  type Event,
  type Cleaned,
  type DiskUse,
  type KeptFile,
  type Login,
  type Problem,
  type RepositoryLocation,
  type ServerInfo,
  type SignInCode,
  type Task,
  type TaskDiff,
  type TaskOptions,
  type TaskPage,
  type TaskSnapshots,
  type TaskState,
} from '@prefish/protocol';
import type { Schema } from '@prefish/protocol/schemas';
import * as z from 'zod/mini';

// What the server answers with, for its description and for tests that hold it to that. Clients use the types.

const count = z.int().check(z.minimum(0));
const text = z.string();
const exit = z.union([z.strictObject({ code: z.int() }), z.strictObject({ signal: text })]);
const result = z.strictObject({
  commit: text,
  branch: text,
  files: count,
  insertions: count,
  deletions: count,
});
const limit = z.strictObject({ most: count, now: count });

/** A task, as every listing shows it. */
export const task: Schema<Task> = z.strictObject({
  id: text,
  number: z.int().check(z.minimum(1)),
  source: text,
  place: text,
  title: text,
  line: text,
  state: z.enum(taskStates as [TaskState, ...TaskState[]]),
  reason: z.optional(text),
  attempt: count,
  createdAt: text,
  startedAt: z.optional(text),
  endedAt: z.optional(text),
  exit: z.optional(exit),
  base: z.optional(
    z.strictObject({ commit: z.nullable(text), branch: z.nullable(text), dirty: count, untracked: count }),
  ),
  result: z.optional(result),
  after: z.optional(z.array(text)),
  keep: z.optional(z.array(text)),
  continues: z.optional(text),
  repeats: z.optional(text),
  group: z.optional(z.strictObject({ id: text, index: count, of: count })),
  sandbox: z.enum(['bwrap', 'none']),
  network: z.enum(['none', 'allowlist', 'full']),
  root: z.optional(text),
  url: z.optional(text),
}) as Schema<Task>;

/** One page of a list. */
export const taskPage: Schema<TaskPage> = z.strictObject({
  tasks: z.array(task),
  next: z.optional(text),
  counts: z.optional(z.strictObject({ total: count, active: count })),
}) as Schema<TaskPage>;

/** What happened; readers ignore types that they do not know. */
export const event: Schema<Event> = z.looseObject({
  seq: z.int().check(z.minimum(1)),
  at: text,
  task: z.optional(text),
  type: text,
}) as Schema<Event>;

export const eventPage: Schema<{ readonly events: readonly Event[] }> = z.strictObject({
  events: z.array(event),
});

export const taskDiff: Schema<TaskDiff> = z.strictObject({
  files: z.array(
    z.strictObject({
      path: text,
      from: z.optional(text),
      insertions: count,
      deletions: count,
      status: z.enum(['added', 'modified', 'deleted', 'renamed', 'type-changed']),
      link: z.optional(z.literal(true)),
    }),
  ),
  patch: text,
  cut: z.optional(text),
}) as Schema<TaskDiff>;

export const taskSnapshots: Schema<TaskSnapshots> = z.strictObject({
  repo: text,
  snapshot: text,
  result: z.optional(text),
}) as Schema<TaskSnapshots>;

/** Besides what is known of them, what a newer client has asked for. */
export const taskOptions: Schema<TaskOptions> = z.looseObject({
  timeout: z.optional(z.number()),
  retries: z.optional(count),
  network: z.optional(z.enum(['none', 'allowlist', 'full'])),
  allow: z.optional(z.array(text)),
  carry: z.optional(z.array(text)),
  keep: z.optional(z.array(text)),
  setup: z.optional(text),
}) as Schema<TaskOptions>;

export const keptFiles: Schema<{ readonly files: readonly KeptFile[] }> = z.strictObject({
  files: z.array(z.strictObject({ path: text, size: count })),
});

export const diskUse: Schema<DiskUse> = z.strictObject({
  database: count,
  repositories: count,
  caches: count,
  kept: count,
  workspaces: count,
});

export const cleaned: Schema<Cleaned> = z.strictObject({ tasks: count, freed: count });

/** Without a token a server elsewhere says the version, the protocol and the place alone. */
export const serverInfo: Schema<Pick<ServerInfo, 'version' | 'protocol' | 'place'>> = z.looseObject({
  version: text,
  protocol: count,
  place: text,
});

export const repositoryLocation: Schema<RepositoryLocation> = z.strictObject({
  repo: text,
  remote: text,
  objects: z.optional(text),
  latest: z.optional(text),
}) as Schema<RepositoryLocation>;

export const account: Schema<Account> = z.strictObject({
  name: text,
  limits: z.strictObject({ tasks: limit, disk: limit }),
});

export const login: Schema<Login> = z.strictObject({ token: text, account });

export const tokens: Schema<{ readonly tokens: readonly AccessToken[] }> = z.strictObject({
  tokens: z.array(
    z.strictObject({
      id: text,
      device: text,
      scope: z.enum(['tasks', 'read']),
      createdAt: text,
      lastUsedAt: text,
      current: z.boolean(),
    }),
  ),
});

export const signInCode: Schema<SignInCode> = z.strictObject({
  code: text,
  url: text,
  expiresAt: text,
});

export const status: Schema<{ readonly status: string }> = z.strictObject({ status: text });

/** RFC 9457, with the error’s code. */
export const problem: Schema<Problem> = z.strictObject({
  type: text,
  title: text,
  status: z.int(),
  detail: text,
  code: text,
  hint: z.optional(text),
  retryAfter: z.optional(z.int()),
}) as Schema<Problem>;
