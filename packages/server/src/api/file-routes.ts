import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { findKeptFile, keptFolder, listKeptFiles } from '../worker/kept-files.ts';
import type { AppOptions } from './app.ts';
import type { ApiEnvironment } from './caller.ts';

/** `/:id/files`: what `--keep` kept of a task. A file is only ever something to be saved: a task wrote it. */
export function fileRoutes({ store, folder }: Pick<AppOptions, 'store' | 'folder'>): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();
  const keptOf = async (owner: string, reference: string): Promise<string> => {
    const { id, attempt } = (await store.find(owner, reference)).task;
    return keptFolder(folder, { id, attempt });
  };
  app.get('/:id/files', async ({ env, req, json }) =>
    json({ files: await listKeptFiles(await keptOf(env.caller.owner, req.param('id'))) }),
  );
  app.get('/:id/files/:path{.+}', async ({ env, req }) => {
    const kept = await keptOf(env.caller.owner, req.param('id'));
    const { file, size } = await findKeptFile(kept, req.param('path'));
    await env.caller.record('result.fetched', { task: req.param('id') });
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
