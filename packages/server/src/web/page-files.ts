import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PrefishError } from '@prefish/protocol';

/** What the page was built into: beside the bundle; for sources, with the command of the workspace. */
const builtFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../cli/dist/web/' : './web/', import.meta.url),
);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file of the page. */
interface PageFile {
  readonly type: string;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly compressed: Promise<Buffer<ArrayBuffer>>;
}

/** The built files of the page, read once: nothing that a request names leads to the disk. */
export class PageFiles {
  readonly #files = new Map<string, PageFile>();

  /** @throws PREFISH_PAGE_MISSING */
  constructor(folder: string = builtFolder) {
    for (const name of namesIn(folder)) {
      const type = types[extname(name)];
      if (type === undefined) continue;
      const bytes = readFileSync(join(folder, name));
      this.#files.set(`/${name}`, {
        type,
        bytes,
        compressed: promisify(gzip)(bytes) as PageFile['compressed'],
      });
    }
    if (!this.#files.has('/index.html')) {
      throw new PrefishError('PREFISH_PAGE_MISSING', `There is no page in ${folder}.`, {
        hint: 'npm run build makes it.',
      });
    }
  }

  /** The address of the style sheet. */
  get stylesheet(): string {
    return [...this.#files.keys()].find((path) => path.endsWith('.css')) ?? '';
  }

  /** The answer to a GET; `undefined` where there is no such file. The views of the page are paths that are no files. */
  async answer(path: string, acceptEncoding: string): Promise<Response | undefined> {
    const file = this.#files.get(path) ?? (isView(path) ? this.#files.get('/index.html') : undefined);
    if (file === undefined) return undefined;
    const zipped = /\bgzip\b/.test(acceptEncoding);
    return new Response(zipped ? await file.compressed : file.bytes, {
      headers: {
        'content-type': file.type,
        // The names of the others hold a hash of what is in them.
        'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
        vary: 'accept-encoding',
        ...(zipped && { 'content-encoding': 'gzip' }),
      },
    });
  }
}

function isView(path: string): boolean {
  return path === '/' || path === '/account' || /^\/tasks\/[^/]+$/.test(path);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replace(/^\//, ''));
  } catch (cause) {
    throw new PrefishError('PREFISH_PAGE_MISSING', `The page cannot be read from ${folder}.`, {
      hint: 'npm run build makes it.',
      cause,
    });
  }
}
