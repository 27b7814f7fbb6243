import { taskStates } from '@prefish/protocol';
import {
  answerSchema,
  cleanSchema,
  continueSchema,
  historySchema,
  loginSchema,
  messageSchema,
  retrySchema,
  submitTaskSchema,
} from '@prefish/protocol/schemas';
import type * as z from 'zod/mini';
import * as answers from './answers.ts';

/** One thing that can be asked of the server. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** As OpenAPI writes it: `/v1/tasks/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Whether somebody who is not known may ask. */
  readonly open?: true;
  /** Of the query, besides those that are in the path. */
  readonly query?: Readonly<Record<string, object>>;
  readonly body?: z.ZodMiniType;
  readonly bodyOptional?: true;
  /** By status; none is an answer without a body. */
  readonly answers: Readonly<Record<number, z.ZodMiniType | undefined>>;
  /** Media types beside, or in place of, JSON. */
  readonly also?: readonly string[];
}

const text = { type: 'string' };
const stream = 'text/event-stream';

/** Everything that a server answers, but for the page of a browser and the protocol of git. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    open: true,
    answers: { 200: answers.status },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether the server takes requests; 503 while it closes',
    open: true,
    answers: { 200: answers.status, 503: answers.status },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'What the server counts, for Prometheus; on a server with accounts',
    answers: { 200: undefined },
    also: ['text/plain'],
  },
  {
    method: 'get',
    path: '/v1/info',
    summary: 'What is to be known before something is submitted',
    open: true,
    answers: { 200: answers.serverInfo },
  },
  {
    method: 'post',
    path: '/v1/logins',
    summary: 'Trade a one-time code for a token',
    open: true,
    body: loginSchema,
    answers: { 201: answers.login },
  },
  { method: 'get', path: '/v1/account', summary: 'Whose token this is', answers: { 200: answers.account } },
  {
    method: 'get',
    path: '/v1/account/tokens',
    summary: 'The tokens of the account',
    answers: { 200: answers.tokens },
  },
  {
    method: 'delete',
    path: '/v1/account/tokens/{id}',
    summary: 'Revoke a token; current is the one that asks',
    answers: { 204: undefined },
  },
  {
    method: 'post',
    path: '/v1/sign-in-codes',
    summary: 'A code that signs a browser in, once and soon',
    answers: { 201: answers.signInCode },
  },
  {
    method: 'put',
    path: '/v1/repositories/{repo}',
    summary: 'The mirror that snapshots of a repository are pushed to; made when absent',
    body: historySchema,
    bodyOptional: true,
    answers: { 200: answers.repositoryLocation },
  },
  {
    method: 'post',
    path: '/v1/tasks',
    summary: 'Submit a line on a snapshot that was pushed; the same id twice is one task',
    body: submitTaskSchema,
    answers: { 200: answers.task, 201: answers.task },
  },
  {
    method: 'get',
    path: '/v1/tasks',
    summary: 'The tasks, newest first; as a stream, those that change',
    query: {
      state: { type: 'array', items: { type: 'string', enum: taskStates } },
      repo: text,
      limit: { type: 'integer', minimum: 1, maximum: 1000 },
      cursor: { type: 'string', pattern: '^[0-9]{1,15}$' },
      counts: { type: 'boolean' },
    },
    answers: { 200: answers.taskPage },
    also: [stream],
  },
  { method: 'get', path: '/v1/tasks/{id}', summary: 'One task', answers: { 200: answers.task } },
  {
    method: 'delete',
    path: '/v1/tasks/{id}',
    summary: 'Forget a task that has ended',
    answers: { 204: undefined },
  },
  { method: 'post', path: '/v1/tasks/{id}/cancel', summary: 'End a task', answers: { 200: answers.task } },
  {
    method: 'post',
    path: '/v1/tasks/{id}/retry',
    summary: 'Submit the line of a finished task again, from the same snapshot',
    body: retrySchema,
    answers: { 201: answers.task },
  },
  {
    method: 'post',
    path: '/v1/tasks/{id}/continue',
    summary: 'Take a finished task up where it left off, with a message',
    body: continueSchema,
    answers: { 201: answers.task },
  },
  {
    method: 'post',
    path: '/v1/tasks/{id}/messages',
    summary: 'Say something to a task',
    body: messageSchema,
    answers: { 200: answers.task },
  },
  {
    method: 'post',
    path: '/v1/tasks/{id}/answers',
    summary: 'Answer what a task asks',
    body: answerSchema,
    answers: { 200: answers.task },
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/events',
    summary: 'The events after a seq: live, or as one page where JSON is asked for; Last-Event-ID wins',
    query: { after: { type: 'integer', minimum: 0 } },
    answers: { 200: answers.eventPage },
    also: [stream],
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/log',
    summary: 'What the task’s programs have written',
    answers: { 200: undefined },
    also: ['text/plain'],
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/diff',
    summary: 'What the task changed; with live, so far',
    query: { live: text },
    answers: { 200: answers.taskDiff },
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/options',
    summary: 'What its submitter asked of the task besides the line',
    answers: { 200: answers.taskOptions },
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/snapshots',
    summary: 'The commit that was sent, and the one that came out',
    answers: { 200: answers.taskSnapshots },
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/files',
    summary: 'The files that --keep kept',
    answers: { 200: answers.keptFiles },
  },
  {
    method: 'get',
    path: '/v1/tasks/{id}/files/{path}',
    summary: 'One of them',
    answers: { 200: undefined },
    also: ['application/octet-stream'],
  },
  {
    method: 'get',
    path: '/v1/usage',
    summary: 'What takes room on the disk, in bytes; on a server without accounts',
    answers: { 200: answers.diskUse },
  },
  {
    method: 'post',
    path: '/v1/clean',
    summary: 'Free what nobody needs any more, or say what that would be; on a server without accounts',
    body: cleanSchema,
    answers: { 200: answers.cleaned },
  },
];
