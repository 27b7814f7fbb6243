import { spawn, type ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { PrefishError, errorMessage } from '@prefish/protocol';
import { type Context, Hono } from 'hono';
import { Counts } from '../counts.ts';
import type { Log } from '../log.ts';
import { gitCommand } from '../repositories/git.ts';
import { pushedRefs } from '../repositories/mirrors.ts';
import type { Repositories } from '../repositories/repositories.ts';
import type { AccountEnvironment } from './account-caller.ts';
import { Arriving } from './arriving.ts';
import { boundedGit, checkGitIsThere } from './bounded-git.ts';
import { FirstLine, movesSomething } from './first-line.ts';
import { advertisedRefs, refusedRefs, result, type Service } from './git-answers.ts';
import { RefList } from './ref-list.ts';
import { refuseTooMany, tooMany } from './too-many.ts';

/** What git over HTTP is answered from: gitprotocol-http(5), the smart protocol alone. */
export interface HttpGitOptions {
  readonly repositories: Repositories;
  /** How many bytes an account may bring at once. @throws PREFISH_LIMIT where it may bring none */
  readonly admitBytes: (account: string) => Promise<number>;
  /** Called when a push of an account has ended. */
  readonly pushed: (account: string) => void;
  /** How many transfers an account may have at the same time. */
  readonly transfers: number;
  readonly log: Log;
}

/** The repository and the service of a request. */
interface Asked {
  readonly gitDir: string;
  readonly repo: string;
  readonly service: Service;
}

/** What a client may say of what it has and wants, in bytes, unpacked. */
const longestWish = 64 * 2 ** 20;

/** How long the list of refs of a push may be, in bytes, unpacked. A snapshot is one ref. */
const longestRefList = 2 ** 20;

/** How many snapshots a mirror holds that no task was submitted for. */
const mostUnused = 1000;

/** Everything below `/git`: `:repo.git/info/refs`, `:repo.git/git-upload-pack`, `:repo.git/git-receive-pack`. */
export function httpGit(options: HttpGitOptions): Hono<AccountEnvironment> {
  const running = new Counts();
  const arriving = new Arriving();
  const app = new Hono<AccountEnvironment>();

  app.get('/:name/info/refs', async (context) => {
    const asked = await find(context, context.req.query('service'));
    try {
      checkGitIsThere(gitCommand([]).env['PATH']);
      if (asked.service === 'git-receive-pack') await roomFor(context.env.caller.owner, asked);
    } catch (error) {
      return refusedRefs(asked.service, error);
    }
    const child = start(context, asked, ['--http-backend-info-refs'], []);
    return advertisedRefs(asked.service, child);
  });

  for (const service of ['git-upload-pack', 'git-receive-pack'] as const) {
    app.post(`/:name/${service}`, async (context) => {
      const asked = await find(context, service);
      const { caller, incoming } = context.env;
      if (incoming === undefined) throw new PrefishError('PREFISH_ROUTE_UNKNOWN', 'git needs a connection.');
      const room = service === 'git-receive-pack' ? await roomFor(caller.owner, asked) : undefined;
      const settings = room === undefined ? [] : ['-c', `receive.maxInputSize=${room.left}`];
      const child = start(context, asked, [], settings);
      const first = new FirstLine();
      const check = room === undefined ? checkWish() : checkPush(caller.owner, room.all, child);
      feed(incoming, child, check, (part) => first.take(part)).catch((error: unknown) => {
        child.kill('SIGKILL');
        options.log('debug', 'a transfer of git was broken off', {
          account: caller.owner,
          error: errorMessage(error),
        });
      });
      const begun = await Promise.race([first.line, closed(child)]);
      if (begun !== undefined && movesSomething(begun)) {
        const action = service === 'git-receive-pack' ? 'snapshot.pushed' : 'result.fetched';
        await caller.record(action, { repo: asked.repo });
      }
      return result(service, child);
    });
  }
  return app;

  /** The mirror of the caller that a request names. @throws PREFISH_ROUTE_UNKNOWN where there is none */
  async function find(
    { req, env }: Context<AccountEnvironment>,
    service: string | undefined,
  ): Promise<Asked> {
    const repo = /^(.*)\.git$/.exec(req.param('name') ?? '')?.[1];
    const gitDir =
      repo === undefined ? undefined : await options.repositories.of(env.caller.owner).find(repo);
    if (repo !== undefined && gitDir !== undefined && isService(service)) return { gitDir, repo, service };
    throw new PrefishError('PREFISH_ROUTE_UNKNOWN', `The server has no ${req.method} ${req.path}.`);
  }

  /** How many bytes an account may bring, and what is left of that beside the pushes that are under way. @throws PREFISH_LIMIT */
  async function roomFor(
    account: string,
    { gitDir }: Asked,
  ): Promise<{ readonly all: number; readonly left: number }> {
    await refuseUnused(gitDir);
    const all = await options.admitBytes(account);
    const left = all - arriving.of(account);
    if (left > 0) return { all, left };
    throw tooMany('What this account pushes already takes all of its room.', 1);
  }

  /** Sees that a push names not too many refs, and that it and the others of the account together bring not too much. */
  function checkPush(account: string, room: number, child: ChildProcess): (part: Buffer) => boolean {
    const list = new RefList();
    const push = arriving.begin(account, room);
    child.once('close', () => {
      push.end();
      options.pushed(account);
    });
    return (part) => {
      list.take(part);
      return push.take(part.length) && list.length <= longestRefList;
    };
  }

  /** Starts the program that serves; it is ended with the request, the token and the server. */
  function start(
    context: Context<AccountEnvironment>,
    { gitDir, service }: Asked,
    flags: readonly string[],
    settings: readonly string[],
  ): ChildProcess {
    const { owner } = context.env.caller;
    const now = running.of(owner);
    refuseTooMany(
      now < options.transfers ? 0 : 1,
      `This account has ${now} transfers of git at the same time.`,
    );
    const { args, env } = gitCommand([
      ...settings,
      service.slice('git-'.length),
      '--stateless-rpc',
      ...flags,
      gitDir,
    ]);
    checkGitIsThere(env['PATH']);
    const version = /^version=[0-9](:|$)/.exec(context.req.header('git-protocol') ?? '')?.input;
    const child = spawn(...boundedGit(args), {
      cwd: '/',
      env: { ...env, ...(version !== undefined && { GIT_PROTOCOL: version.slice(0, 100) }) },
      stdio: [flags.length > 0 ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // Its own children (index-pack, pack-objects) end with it.
      detached: true,
    });
    running.add(owner, 1);
    const granted = context.get('granted');
    const stop = (): void => endGroup(child);
    granted.addEventListener('abort', stop, { once: true });
    context.env.outgoing?.once('close', stop);
    if (granted.aborted) stop();
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    child.once('error', (error) =>
      options.log('error', 'git could not be started', { error: errorMessage(error) }),
    );
    child.once('close', (code) => {
      granted.removeEventListener('abort', stop);
      context.env.outgoing?.off('close', stop);
      running.add(owner, -1);
      if (code !== 0 && code !== null)
        options.log('warn', `${service} failed`, { account: owner, code, said: said.trim() });
    });
    return child;
  }
}

/** Snapshots that are pushed are soon submitted, or forgotten after a day. @throws PREFISH_LIMIT */
async function refuseUnused(gitDir: string): Promise<void> {
  const pushed = await readdir(join(gitDir, pushedRefs)).catch(() => []);
  if (pushed.length < mostUnused) return;
  throw new PrefishError(
    'PREFISH_LIMIT',
    `${pushed.length} snapshots of this repository wait for their tasks.`,
    { hint: 'One that has none goes after a day.' },
  );
}

function isService(text: string | undefined): text is Service {
  return text === 'git-upload-pack' || text === 'git-receive-pack';
}

/** Sees that what a client wants is not too long. */
function checkWish(): (part: Buffer) => boolean {
  let length = 0;
  return (part) => (length += part.length) <= longestWish;
}

/** Passes a body on to the program, unpacked, as fast as it takes it and for as long as it fits; each part is told before it is. */
async function feed(
  incoming: IncomingMessage,
  child: ChildProcess,
  fits: (part: Buffer) => boolean,
  heard: (part: Buffer) => void,
): Promise<void> {
  const listening = new Transform({
    transform(part: Buffer, _, done) {
      heard(part);
      done(fits(part) ? null : new Error('it is longer than any client of prefish has it'), part);
    },
  });
  const zipped = /^x-?gzip$|^gzip$/.test(String(incoming.headers['content-encoding'] ?? ''));
  if (zipped) await pipeline(incoming, createGunzip(), listening, child.stdin!);
  else await pipeline(incoming, listening, child.stdin!);
}

function closed(child: ChildProcess): Promise<undefined> {
  return new Promise((resolve) =>
    child.once('close', () => resolve(undefined)).once('error', () => resolve(undefined)),
  );
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
