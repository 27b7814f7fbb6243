import type { EventSourceMessage } from 'eventsource-parser';
import type { AccessToken, Account, Login, LoginRequest } from '../account.ts';
import type {
  Cleaned,
  ContinueTask,
  DiskUse,
  KeptFile,
  RepositoryHistory,
  RepositoryLocation,
  ServerInfo,
  SubmitTask,
  TaskDiff,
  TaskOptions,
  TaskPage,
  TaskQuery,
  TaskSnapshots,
} from '../api.ts';
import type { ModelAccess } from '../enclosure.ts';
import { PrefishError } from '../error.ts';
import type { Event } from '../event.ts';
import type { PageSession, SignInCode } from '../page.ts';
import type { Task } from '../task.ts';
import * as answers from './answers.ts';
import { broken, maxAnswerBytes, maxDiffBytes, parseAnswer, readAnswer, readProblem } from './read-answer.ts';
import { readEventStream, silence } from './read-event-stream.ts';
import type { Shape } from './shape.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** What an event stream carries: first the task as it is, then its events, and the task again when it changes. */
export type EventStreamItem =
  | { readonly kind: 'snapshot'; readonly task: Task }
  | { readonly kind: 'event'; readonly event: Event };

/** What a stream of the list carries: `ready` once nothing will be missed, then each task that is new, has changed or is gone. */
export type TaskChange =
  | { readonly kind: 'ready' }
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'removed'; readonly id: string };

/**
 * The server's HTTP API with types. Every method rejects with the server's own error code, with
 * `PREFISH_SERVER_UNREACHABLE`, or with `PREFISH_SERVER_ANSWER` for what no server of prefish answers: nothing of
 * it is believed that was not looked at.
 */
export class ServerClient {
  readonly #transport: Transport;
  readonly #seen: (task: Task) => Task;

  /** @param seen What its tasks look like from here: a server elsewhere calls its own place `this machine`. */
  constructor(transport: Transport, seen: (task: Task) => Task = (task) => task) {
    this.#transport = transport;
    this.#seen = seen;
  }

  /** Trades a one-time code for a token. The only request, besides {@link info}, that needs none. @throws PREFISH_LOGIN_CODE */
  login(request: LoginRequest, signal?: AbortSignal): Promise<Login> {
    return this.#json(
      { method: 'POST', path: '/v1/logins', body: JSON.stringify(request), signal },
      answers.login,
    );
  }

  /** Whose token this is. @throws PREFISH_LOGIN_REQUIRED */
  account(signal?: AbortSignal): Promise<Account> {
    return this.#json({ method: 'GET', path: '/v1/account', signal }, answers.account);
  }

  /** The tokens of the account that have not been revoked. */
  async tokens(signal?: AbortSignal): Promise<readonly AccessToken[]> {
    const request = { method: 'GET', path: '/v1/account/tokens', signal };
    return (await this.#json<{ tokens: AccessToken[] }>(request, answers.tokens)).tokens;
  }

  /** Revokes one token of the account; without an id, the one that asks. */
  async revokeToken(id = 'current', signal?: AbortSignal): Promise<void> {
    await this.#done({ method: 'DELETE', path: `/v1/account/tokens/${encodeURIComponent(id)}`, signal });
  }

  info(signal?: AbortSignal): Promise<ServerInfo> {
    return this.#json({ method: 'GET', path: '/v1/info', signal }, answers.serverInfo);
  }

  /** The mirror for a repository, made when absent. With a history, only to a server on this machine. */
  repository(repo: string, signal?: AbortSignal, history?: RepositoryHistory): Promise<RepositoryLocation> {
    const path = `/v1/repositories/${encodeURIComponent(repo)}`;
    const body = history && JSON.stringify(history);
    return this.#json({ method: 'PUT', path, signal, ...(body && { body }) }, answers.repositoryLocation);
  }

  /** Resolves once the server has the task durably. */
  submit(task: SubmitTask, signal?: AbortSignal): Promise<Task> {
    return this.#task({ method: 'POST', path: '/v1/tasks', body: JSON.stringify(task), signal });
  }

  async list(query: TaskQuery = {}, signal?: AbortSignal): Promise<TaskPage> {
    const search = new URLSearchParams();
    for (const state of query.state ?? []) search.append('state', state);
    if (query.repo !== undefined) search.set('repo', query.repo);
    if (query.limit !== undefined) search.set('limit', String(query.limit));
    if (query.cursor !== undefined) search.set('cursor', query.cursor);
    if (query.counts === true) search.set('counts', 'true');
    const request = { method: 'GET', path: `/v1/tasks?${search}`, signal };
    const page = await this.#json<TaskPage>(request, answers.taskPage);
    if (page.next !== undefined && page.next === query.cursor)
      throw broken('The server told of a page that leads to itself');
    return { ...page, tasks: page.tasks.map(this.#seen) };
  }

  /** One task by its id, its number, a unique beginning of its id, or `@last`. */
  get(id: string, signal?: AbortSignal): Promise<Task> {
    return this.#task({ method: 'GET', path: taskPath(id), signal });
  }

  /** Forgets a task that has ended, and everything that was kept for it. */
  async remove(id: string, signal?: AbortSignal): Promise<void> {
    await this.#done({ method: 'DELETE', path: taskPath(id), signal });
  }

  cancel(id: string, signal?: AbortSignal): Promise<Task> {
    return this.#task({ method: 'POST', path: `${taskPath(id)}/cancel`, signal });
  }

  /**
   * Submits the line of a finished task again, from the same snapshot, as a new task. One that used models
   * needs `models` again: PREFISH_CREDENTIAL_MISSING without.
   */
  retry(id: string, newId: string, models?: readonly ModelAccess[], signal?: AbortSignal): Promise<Task> {
    return this.#task({
      method: 'POST',
      path: `${taskPath(id)}/retry`,
      body: JSON.stringify({ id: newId, models }),
      signal,
    });
  }

  /** A message for a running task. */
  message(id: string, text: string, signal?: AbortSignal): Promise<Task> {
    return this.#task({
      method: 'POST',
      path: `${taskPath(id)}/messages`,
      body: JSON.stringify({ text }),
      signal,
    });
  }

  /**
   * The answer to a question that a task asks: by its id, or by its event, which is known from one of the same id
   * that an earlier attempt has asked. @throws PREFISH_TASK_STATE when it is not open
   */
  answer(
    id: string,
    question: string | { readonly id: string; readonly seq: number },
    choice: string,
    signal?: AbortSignal,
  ): Promise<Task> {
    const asked = typeof question === 'string' ? { question } : { question: question.id, seq: question.seq };
    return this.#task({
      method: 'POST',
      path: `${taskPath(id)}/answers`,
      body: JSON.stringify({ ...asked, choice }),
      signal,
    });
  }

  diff(id: string, signal?: AbortSignal): Promise<TaskDiff> {
    return this.#diff(`${taskPath(id)}/diff`, signal);
  }

  /** What a task has changed so far, while it runs. */
  liveDiff(id: string, signal?: AbortSignal): Promise<TaskDiff> {
    return this.#diff(`${taskPath(id)}/diff?live`, signal);
  }

  /** What its submitter asked of a task besides the line. */
  options(id: string, signal?: AbortSignal): Promise<TaskOptions> {
    const request = { method: 'GET', path: `${taskPath(id)}/options`, signal };
    return this.#json(request, answers.taskOptions);
  }

  /** What `--keep` kept of a task. */
  async files(id: string, signal?: AbortSignal): Promise<readonly KeptFile[]> {
    const request = { method: 'GET', path: `${taskPath(id)}/files`, signal };
    return (await this.#json<{ files: readonly KeptFile[] }>(request, answers.keptFiles)).files;
  }

  /** The bytes of a file that was kept. @throws PREFISH_FILE_NOT_KEPT */
  async file(id: string, path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const response = await this.#send({ method: 'GET', path: `${taskPath(id)}/files/${encoded}`, signal });
    return response.body;
  }

  /** Has a new task take up one that has ended, with a message. */
  continue(id: string, request: ContinueTask, signal?: AbortSignal): Promise<Task> {
    return this.#task({
      method: 'POST',
      path: `${taskPath(id)}/continue`,
      body: JSON.stringify(request),
      signal,
    });
  }

  /** What takes room on the server. */
  usage(signal?: AbortSignal): Promise<DiskUse> {
    return this.#json({ method: 'GET', path: '/v1/usage', signal }, answers.diskUse);
  }

  /** Removes what nobody needs any more, or says what that would be. */
  clean(options: { readonly dryRun: boolean }, signal?: AbortSignal): Promise<Cleaned> {
    const body = JSON.stringify(options);
    return this.#json({ method: 'POST', path: '/v1/clean', body, signal }, answers.cleaned);
  }

  snapshots(id: string, signal?: AbortSignal): Promise<TaskSnapshots> {
    return this.#json({ method: 'GET', path: `${taskPath(id)}/snapshots`, signal }, answers.taskSnapshots);
  }

  /** The events written so far with `seq > after`, page by page, without following. */
  async *history(id: string, after = 0, signal?: AbortSignal): AsyncGenerator<Event, void, undefined> {
    let last = after;
    for (;;) {
      const path = `${taskPath(id)}/events?after=${last}`;
      const request = { method: 'GET', path, headers: { accept: 'application/json' }, signal };
      const { events } = await this.#json<{ events: readonly Event[] }>(request, answers.eventPage);
      if (events.length === 0) return;
      for (const event of events) {
        last = behind(last, event);
        yield event;
      }
    }
  }

  /** The task as it is, then every event with `seq > after` as it is written. Ends when the task has ended. */
  async *follow(
    id: string,
    after = 0,
    signal?: AbortSignal,
  ): AsyncGenerator<EventStreamItem, void, undefined> {
    const path = `${taskPath(id)}/events?after=${after}`;
    let last = after;
    for await (const { event, data } of await this.#stream(path, signal)) {
      if (event === 'task') yield { kind: 'snapshot', task: this.#taskIn(data) };
      else if (event === 'end') return;
      else {
        const written = parseAnswer<Event>(data, answers.event);
        last = behind(last, written);
        yield { kind: 'event', event: written };
      }
    }
    throw streamEnded('The server closed the stream before the task had ended.');
  }

  /** Every task that changes, from `ready` on. Never ends by itself. */
  async *changes(signal?: AbortSignal): AsyncGenerator<TaskChange, void, undefined> {
    for await (const { event, data } of await this.#stream('/v1/tasks', signal)) {
      if (event === 'ready') yield { kind: 'ready' };
      else if (event === 'removed') {
        yield { kind: 'removed', id: parseAnswer<{ id: string }>(data, answers.removedTask).id };
      } else yield { kind: 'task', task: this.#taskIn(data) };
    }
    throw streamEnded('The server closed the stream.');
  }

  /** A code with which a browser signs in. Over the server's own socket alone. */
  signInCode(signal?: AbortSignal): Promise<SignInCode> {
    return this.#json({ method: 'POST', path: '/v1/sign-in-codes', signal }, answers.signInCode);
  }

  /** Signs this browser in. @throws PREFISH_SIGN_IN_CODE */
  signIn(code: string, signal?: AbortSignal): Promise<PageSession> {
    const body = JSON.stringify({ code });
    return this.#json({ method: 'POST', path: '/v1/sessions', body, signal }, answers.session);
  }

  /** The browsers that are signed in, the newest first. */
  async sessions(signal?: AbortSignal): Promise<readonly PageSession[]> {
    const request = { method: 'GET', path: '/v1/sessions', signal };
    return (await this.#json<{ sessions: readonly PageSession[] }>(request, answers.sessions)).sessions;
  }

  /** Signs a browser out; `current` is the one that asks. */
  async signOut(id: string, signal?: AbortSignal): Promise<void> {
    await this.#done({ method: 'DELETE', path: `/v1/sessions/${encodeURIComponent(id)}`, signal });
  }

  /** Server-sent events, until the server closes the stream. */
  async #stream(path: string, signal: AbortSignal | undefined): Promise<AsyncIterable<EventSourceMessage>> {
    const headers = { accept: 'text/event-stream' };
    const response = await this.#send({ method: 'GET', path, headers, silence, signal });
    return readEventStream(response, signal);
  }

  async #send(request: TransportRequest): Promise<TransportResponse> {
    const response = await this.#transport(request);
    if (response.status < 400) return response;
    throw await readProblem(response);
  }

  async #task(request: TransportRequest): Promise<Task> {
    return this.#seen(await this.#json<Task>(request, answers.task));
  }

  #taskIn(data: string): Task {
    return this.#seen(parseAnswer<Task>(data, answers.task));
  }

  #diff(path: string, signal: AbortSignal | undefined): Promise<TaskDiff> {
    return this.#json({ method: 'GET', path, signal }, answers.taskDiff, maxDiffBytes);
  }

  async #json<T>(request: TransportRequest, shape: Shape, maxBytes = maxAnswerBytes): Promise<T> {
    return readAnswer<T>(await this.#send(request), shape, maxBytes);
  }

  /** For what says nothing but that it was done. */
  async #done(request: TransportRequest): Promise<void> {
    await this.#json(request, answers.anything);
  }
}

/** The number of an event, which comes behind the last: a transcript never goes back, or on the spot. */
function behind(last: number, { seq }: Event): number {
  if (seq > last) return seq;
  throw broken(`The server told of event ${seq} behind event ${last}`);
}

function streamEnded(message: string): PrefishError {
  return new PrefishError('PREFISH_SERVER_UNREACHABLE', message);
}

function taskPath(id: string): string {
  return `/v1/tasks/${encodeURIComponent(id)}`;
}
