import { setImmediate as turn } from 'node:timers/promises';
import { PrefishError, type SignInCode } from '@prefish/protocol';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { ApiEnvironment } from '../api/caller.ts';
import { endingWith } from '../api/ending-with.ts';
import { beginsStream } from '../api/event-route.ts';
import { onError } from '../api/problems.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Log } from '../log.ts';
import { httpGit, type HttpGitOptions } from './http-git.ts';
import type { AccountCaller, AccountEnvironment } from './account-caller.ts';
import { accountRoutes, type AccountRoutesOptions } from './account-routes.ts';
import { Holdings } from './holdings.ts';
import { SentBodies } from './sent-bodies.ts';
import { refuseTooMany } from './too-many.ts';
import { Turns } from '../turns.ts';

/** What a request of an account is answered from. */
export interface AccountAppOptions extends AccountRoutesOptions {
  readonly api: Hono<ApiEnvironment>;
  readonly git: HttpGitOptions;
  readonly requests: RateLimit;
  /** How many requests of an account are answered at the same time. */
  readonly concurrent: number;
  /** A code with which a browser signs in as the caller. */
  readonly signInCode: (caller: AccountCaller) => Omit<SignInCode, 'url'>;
  /** The metrics of the server, as Prometheus reads them. */
  readonly metrics: () => Promise<Response>;
  readonly log: Log;
}

/** How many diffs of an account are made at the same time: each takes what git takes, and is in memory as a whole. */
const mostDiffs = 2;

/** How many questions of an account are looked up at the same time: a long list takes as much as a hundred short answers. */
const mostLookups = 1;
/** How many turns of the event loop others have before each: Node takes one new connection in a turn. */
const turnsOfOthers = 4;

/** How many bytes of bodies are in memory at the same time. The longest is 16 MiB, and takes some of that again once it is read. */
const bodies = { each: 32 * 2 ** 20, all: 128 * 2 ** 20 };
/** How many bytes of bodies an account sends at once, and a second in the long run: nobody else is heard while one is read as JSON. */
const bodyRate = { burst: 64 * 2 ** 20, perSecond: 2 * 2 ** 20 };

/** What somebody who has an account may ask for, as a fetch handler: the API, its git, and what belongs to the account. */
export function createAccountApp(options: AccountAppOptions): Hono<AccountEnvironment> {
  const { api, git, quotas, requests, concurrent, grants, signInCode, metrics, log } = options;
  const app = new Hono<AccountEnvironment>();
  app.use(async ({ env }, next) => {
    const { owner } = env.caller;
    refuseTooMany(requests.take(owner), 'This account asks too often.');
    const now = grants.countOf(owner);
    refuseTooMany(now < concurrent ? 0 : 1, `This account has ${now} requests at the same time.`);
    await next();
  });
  app.use(whileGranted(options), withinScope);
  const holdings = new Holdings(bodies);
  const sent = new SentBodies(bodyRate);
  app.use(async (context, next) => {
    const { caller } = context.env;
    const { take, release } = holdings.open(caller.owner);
    const count = sent.begin(caller.owner, Number(context.req.header('content-length')) || 0);
    const hold = (bytes: number): void => {
      take(bytes);
      refuseTooMany(count(bytes), 'This account sends too much.');
    };
    context.env = { ...context.env, caller: { ...caller, hold } };
    await next().finally(release);
  });
  app.route('/v1/account', accountRoutes(options));
  app.post('/v1/sign-in-codes', ({ json, env: { caller } }) => {
    const code: SignInCode = { ...signInCode(caller), url: `${caller.origin}/` };
    return json(code, 201);
  });
  const making = new Turns(1);
  app.put('/v1/repositories/:repo', async (context) => {
    const { owner, origin } = context.env.caller;
    const mirrors = git.repositories.of(owner);
    const asked = context.req.param('repo');
    const { repo, latest } = await making.during(owner, async () => {
      if ((await mirrors.find(asked)) !== undefined) return mirrors.locate(asked);
      await quotas.admitRepository(owner);
      return mirrors.locate(asked).finally(() => quotas.changed(owner));
    });
    const remote = `${origin}/git/${repo}.git`;
    return context.json({ repo, remote, ...(latest !== undefined && { latest }) });
  });
  app.route('/git', httpGit(git));
  app.get('/metrics', () => metrics());
  const diffs = new Turns(mostDiffs);
  app.get('/v1/tasks/:id/diff', ({ env, req }) =>
    diffs.during(env.caller.owner, async () => {
      const { raw } = req;
      return raw.signal.aborted ? leftEarly() : api.fetch(raw, env);
    }),
  );
  const lookups = new Turns(mostLookups);
  app.get('*', async (context, next) => {
    const { env, req } = context;
    // A stream looks up little before it begins, and leaves others their turn by itself.
    if (beginsStream(context)) return next();
    return lookups.during(env.caller.owner, async () => {
      // What is at hand never waits, and nobody else would be heard before all that this account asks.
      for (let count = 0; count < turnsOfOthers; count++) await turn();
      return req.raw.signal.aborted ? leftEarly() : api.fetch(req.raw, env);
    });
  });
  app.all('*', (context) => api.fetch(context.req.raw, context.env));
  app.onError(onError(log));
  return app;
}

/** The answer for whoever did not wait for their turn; nobody reads it. */
function leftEarly(): Response {
  return new Response(null, { status: 499 });
}

/** A token that may only look changes nothing but whether it is one. */
const withinScope: MiddlewareHandler<AccountEnvironment> = async (context, next) => {
  if (context.env.caller.scope === 'read' && !onlyLooks(context)) {
    throw new PrefishError('PREFISH_FORBIDDEN', 'This login may only look; nothing was changed.', {
      hint: 'prefish login with a code of another scope: prefish users code NAME.',
    });
  }
  await next();
};

function onlyLooks({ req }: Context): boolean {
  // By what is routed: in an address, any letter may be written with a percent sign.
  if (req.path.startsWith('/git/')) {
    const asked = req.path.endsWith('/info/refs') ? req.query('service') : req.path.split('/').at(-1);
    return asked === 'git-upload-pack';
  }
  return ['GET', 'HEAD'].includes(req.method) || req.path === '/v1/account/tokens/current';
}

/** Ends what goes on for long with the token or account that it was let in by. */
function whileGranted({ grants }: AccountAppOptions): MiddlewareHandler<AccountEnvironment> {
  return async (context, next) => {
    const { owner, token } = context.env.caller;
    const watch = grants.watch({ account: owner, token });
    context.set('granted', watch.signal);
    try {
      await next();
    } catch (error) {
      watch.done();
      throw error;
    }
    const type = context.res.headers.get('content-type') ?? 'json';
    if (context.req.method === 'HEAD' || type.includes('json')) watch.done();
    else context.res = endingWith(context.res, watch.signal, watch.done);
  };
}
