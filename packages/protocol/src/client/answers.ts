import { protocolVersion } from '../api.ts';
import { taskStates } from '../state.ts';
import { objectIdPattern } from '../object-id.ts';
import { taskIdPattern } from '../task-id.ts';
import {
  count,
  flag,
  like,
  listOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  time,
  type Shape,
} from './shape.ts';

// What answers of a server have to be, as far as a client relies on it: what is not looked at here is only shown.

const objectId = like(objectIdPattern);
const taskId = like(taskIdPattern);
const result = { commit: objectId, branch: text, files: count, insertions: count, deletions: count };
const exit: Shape = (value) =>
  object({ code: number })(value) === undefined ? undefined : object({ signal: text })(value);

/** A Task. */
export const task: Shape = object({
  id: taskId,
  number: count,
  source: text,
  place: text,
  title: text,
  line: text,
  state: oneOf(taskStates),
  reason: optional(text),
  attempt: count,
  createdAt: time,
  startedAt: optional(time),
  endedAt: optional(time),
  exit: optional(exit),
  base: optional(
    object({ commit: nullable(objectId), branch: nullable(text), dirty: count, untracked: count }),
  ),
  result: optional(object(result)),
  after: optional(listOf(text)),
  keep: optional(listOf(text)),
  continues: optional(text),
  repeats: optional(text),
  group: optional(object({ id: taskId, index: count, of: count })),
  sandbox: text,
  network: text,
  root: optional(text),
  url: optional(text),
});

/** A TaskPage. */
export const taskPage: Shape = object({
  tasks: listOf(task),
  next: optional(text),
  counts: optional(object({ total: count, active: count })),
});

/** A task that is gone. */
export const removedTask: Shape = object({ id: text });

const trouble = object({ code: text, message: text, hint: optional(text), plugin: optional(text) });

/** What events have besides their type. Readers ignore types that they do not know. */
const eventBodies: Readonly<Record<string, Shape>> = {
  state: object({ state: oneOf(taskStates), reason: optional(text) }),
  output: object({ stream: oneOf(['stdout', 'stderr']), text }),
  message: object({ role: text, text }),
  thought: object({ text }),
  tool: object({ id: text, title: text, status: text }),
  plan: object({ entries: listOf(object({ text, status: text })) }),
  question: object({ id: text, text, choices: listOf(text) }),
  answer: object({ id: text, choice: text, by: text }),
  progress: object({ what: text, done: number, total: optional(number) }),
  usage: object({ tokens: optional(number), cost: optional(number) }),
  result: object(result),
  exit,
  warning: trouble,
  error: trouble,
};

const anyEvent = object({ seq: count, at: time, task: optional(text), type: text });

/** An Event. */
export const event: Shape = (value) => {
  const where = anyEvent(value);
  if (where !== undefined) return where;
  const { type } = value as { readonly type: string };
  return Object.hasOwn(eventBodies, type) ? eventBodies[type]!(value) : undefined;
};

/** A page of a transcript. */
export const eventPage: Shape = object({ events: listOf(event) });

const anyServer = object({ version: text, protocol: number });
const thisProtocol = object({
  place: text,
  pid: optional(count),
  prefixes: optional(listOf(object({ id: text, token: text, messages: optional(flag) }))),
  sandbox: optional(object({ kind: text, reason: optional(text) })),
  networks: optional(listOf(text)),
  limits: optional(object({ lineBytes: number, packBytes: number, tasks: number })),
  url: optional(text),
  working: optional(count),
  submitted: optional(count),
});

/** A ServerInfo. To whoever has no token a server says less; of another protocol nothing else is known. */
export const serverInfo: Shape = (value) => {
  const where = anyServer(value);
  if (where !== undefined) return where;
  return (value as { readonly protocol: number }).protocol === protocolVersion
    ? thisProtocol(value)
    : undefined;
};

/** A RepositoryLocation. What git is given is one word without control characters. */
export const repositoryLocation: Shape = object({
  repo: text,
  remote: like(/^\P{Cc}+$/u),
  objects: optional(like(/^\P{Cc}+$/u)),
  latest: optional(objectId),
});

/** A TaskSnapshots. */
export const taskSnapshots: Shape = object({ repo: text, snapshot: objectId, result: optional(objectId) });

/** A TaskDiff. */
export const taskDiff: Shape = object({
  files: listOf(
    object({
      path: text,
      from: optional(text),
      insertions: count,
      deletions: count,
      status: text,
      link: optional(flag),
    }),
  ),
  patch: text,
  cut: optional(text),
});

/** TaskOptions. */
export const taskOptions: Shape = object({
  timeout: optional(number),
  retries: optional(count),
  carry: optional(listOf(text)),
  keep: optional(listOf(text)),
  allow: optional(listOf(text)),
  afterAny: optional(listOf(text)),
  setup: optional(text),
});

/** What `--keep` kept. */
export const keptFiles: Shape = object({ files: listOf(object({ path: text, size: count })) });

/** A DiskUse. */
export const diskUse: Shape = object({
  database: count,
  repositories: count,
  caches: count,
  kept: count,
  workspaces: count,
});

/** A Cleaned. */
export const cleaned: Shape = object({ tasks: count, freed: count });

const share = object({ most: number, now: number });

/** An Account. */
export const account: Shape = object({ name: text, limits: object({ tasks: share, disk: share }) });

/** A Login. A token goes into a header. */
export const login: Shape = object({ token: like(/^[\x21-\x7e]+$/), account });

/** The tokens of an account. */
export const tokens: Shape = object({
  tokens: listOf(object({ id: text, device: text, scope: text, current: flag })),
});

/** A SignInCode. Its URL is opened in a browser. */
export const signInCode: Shape = object({
  code: text,
  url: like(/^https?:\/\/[^\s\p{Cc}]+$/u),
  expiresAt: time,
});

/** A PageSession. */
export const session: Shape = object({
  id: text,
  browser: text,
  createdAt: time,
  lastUsedAt: time,
  expiresAt: time,
  current: flag,
});

/** The browsers that are signed in. */
export const sessions: Shape = object({ sessions: listOf(session) });

/** A Problem, as far as it says what is wrong. */
export const problem: Shape = object({
  code: text,
  detail: text,
  hint: optional(text),
  retryAfter: optional(count),
});

/** An answer that says nothing but that it was done. */
export const anything: Shape = () => undefined;
