import type { Server } from 'node:http';
import process from 'node:process';
import { createAdaptorServer } from '@hono/node-server';
import { localCaller } from './api/caller.ts';
import { listenOnSocket } from './listen-on-socket.ts';
import type { Closers, Front, ServerOptions } from './server.ts';
import type { ServerParts } from './server-parts.ts';
import { Page } from './web/page.ts';

/**
 * Lets the user of this machine in, and nobody else: over a socket, and over a page on loopback once somebody
 * asks for it.
 */
export async function openLocalFront(
  { folder, socketPath, version, log }: ServerOptions,
  parts: ServerParts,
  closers: Closers,
): Promise<Front> {
  const page: Page = new Page({
    folder,
    api: (request) => api.fetch(request, { caller: { ...localCaller, isBrowser: true } }),
    log,
    closeHttp: parts.closeHttp,
  });
  const api = parts.createApi({ pageUrl: () => page.url, signInCode: () => page.signInCode() });
  const http = createAdaptorServer({
    fetch: (request, bindings) => api.fetch(request, { ...bindings, caller: localCaller }),
    overrideGlobalObjects: false,
  }) as Server;
  http.on('error', (error) => log('error', 'the socket failed', { error: String(error) }));
  closers.push(() => parts.closeHttp(http));
  closers.push(() => page.close());
  parts.run();
  await page.resume();
  await listenOnSocket(http, socketPath);
  log('info', 'the server answers', { pid: process.pid, version, socket: socketPath });
  return {};
}
