import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Task } from '@prefish/protocol';
import { Hono } from 'hono';
import { findKeptFile, keptFolder, listKeptFiles } from '../worker/kept-files.ts';
import type { AppOptions } from './app.ts';
import type { ApiEnvironment } from './caller.ts';

/** `/:id/files`: what `--keep` kept of a task. A file is only ever something to be saved: a task wrote it. */
export function fileRoutes({ store, folder }: Pick<AppOptions, 'store' | 'folder'>): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();
  const keptOf = ({ id, attempt }: Task): string => keptFolder(folder, { id, attempt });
  app.get('/:id/files', async ({ env, req, json }) => {
    const { task } = await store.find(env.caller.owner, req.param('id'));
    return json({ files: await listKeptFiles(keptOf(task)) });
  });
  app.get('/:id/files/:path{.+}', async ({ env, req }) => {
    const { task, request } = await store.find(env.caller.owner, req.param('id'));
    const { file, size } = await findKeptFile(keptOf(task), req.param('path'));
    await env.caller.record('result.fetched', { task: task.id, repo: request.repo });
    const body = Readable.toWeb(createReadStream(file, { signal: req.raw.signal }));
    return new Response(body as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
      },
    });
  });
  return app;
}
