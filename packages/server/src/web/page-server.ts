import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { writeDurably } from '@prefish/durable';
import { PrefishError, errorMessage, type SignInCode } from '@prefish/protocol';
import type { Log } from '../log.ts';
import { underOwnName } from './guards.ts';
import { createPageApp } from './page-app.ts';
import type { PageFolder } from './page-folder.ts';
import { PageFiles } from './page-files.ts';
import { isStranger } from './peer-user.ts';
import { Sessions } from './sessions.ts';
import { SignInCodes } from './sign-in-codes.ts';

/** Nobody but this machine reaches it. */
const address = '127.0.0.1';

/** What a page is served with. */
export interface PageServerOptions {
  readonly folder: PageFolder;
  /** The server's API, as it is on its socket. */
  readonly api: (request: Request) => Response | Promise<Response>;
  readonly log: Log;
}

/** The page on a port of this machine. */
export interface PageServer {
  readonly http: Server;
  readonly url: string;
  signInCode(): SignInCode;
  /** Once nothing is asked any more. */
  close(): Promise<void>;
}

/**
 * Serves the page on the port that it had before, where that is free: browsers that show it find it again.
 *
 * @throws PREFISH_PAGE_MISSING, PREFISH_SERVER_START
 */
export async function openPageServer({ folder, api, log }: PageServerOptions): Promise<PageServer> {
  const files = new PageFiles();
  const sessions = new Sessions({ path: folder.sessions, log });
  const codes = new SignInCodes();
  const listening = Promise.withResolvers<number>();
  const app = listening.promise.then((port) =>
    createPageApp({
      api,
      files,
      sessions,
      exchange: async (code, context) => {
        await refuseStrangers(context.env.incoming?.socket);
        return codes.use(code);
      },
      cookie: { name: `prefish-${port}`, secure: false },
      origin: ({ req }) => `http://${req.header('host')}`,
      underOwnName,
      log,
    }),
  );
  const http = createAdaptorServer({
    fetch: async (request, bindings) => (await app).fetch(request, bindings as HttpBindings),
    overrideGlobalObjects: false,
  }) as Server;
  const port = await listen(http, notedPort(folder.port));
  http.on('error', (error) => log('error', 'the port of the page failed', { error: String(error) }));
  listening.resolve(port);
  await writeDurably(folder.port, `${port}\n`);
  const url = `http://${address}:${port}/`;
  log('info', 'the page answers', { url });
  return {
    http,
    url,
    signInCode: () => ({ ...codes.create({ account: '', scope: 'tasks' }), url }),
    close: () => sessions.close(),
  };
}

async function refuseStrangers(socket: Socket | undefined): Promise<void> {
  const { remotePort, localPort } = socket ?? {};
  if (remotePort === undefined || localPort === undefined) return;
  if (!(await isStranger({ remotePort, localPort }))) return;
  throw new PrefishError('PREFISH_SIGN_IN_CODE', 'This page belongs to another user of this machine.');
}

async function listen(http: Server, wanted: number): Promise<number> {
  try {
    return await tryPort(http, wanted);
  } catch (cause) {
    if (wanted !== 0 && (cause as NodeJS.ErrnoException).code === 'EADDRINUSE') return listen(http, 0);
    throw new PrefishError('PREFISH_SERVER_START', `The page has no port: ${errorMessage(cause)}`, { cause });
  }
}

async function tryPort(http: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, address, () => {
      http.off('error', reject);
      resolve();
    });
  });
  return (http.address() as AddressInfo).port;
}

/** The port of the last time; 0, which means any, where there was none. */
function notedPort(path: string): number {
  try {
    const port = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  } catch {
    return 0;
  }
}
