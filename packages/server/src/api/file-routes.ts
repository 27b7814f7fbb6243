import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Task } from '@prefish/protocol';
import { Hono } from 'hono';
import { findKeptFile, keptFolder, listKeptFiles } from '../worker/kept-files.ts';

/** What the routes of kept files answer from. */
export interface FileRoutesOptions {
  /** The server's folder. */
  readonly folder: string;
  /** The task that a request names, where whoever asks may see it. */
  readonly find: (reference: string) => Promise<Task>;
}

/** `/:id/files`: what `--keep` kept of a task. A file is only ever something to be saved: a task wrote it. */
export function fileRoutes({ folder, find }: FileRoutesOptions): Hono {
  const app = new Hono();
  const keptOf = async (reference: string): Promise<string> => {
    const { id, attempt } = await find(reference);
    return keptFolder(folder, { id, attempt });
  };
  app.get('/:id/files', async (context) =>
    context.json({ files: await listKeptFiles(await keptOf(context.req.param('id'))) }),
  );
  app.get('/:id/files/:path{.+}', async (context) => {
    const kept = await keptOf(context.req.param('id'));
    const { file, size } = await findKeptFile(kept, context.req.param('path'));
    const stream = createReadStream(file, { signal: context.req.raw.signal });
    const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>;
    return new Response(body, {
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
