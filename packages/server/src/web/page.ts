import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import type { SignInCode } from '@prefish/protocol';
import { pageFolder, type PageFolder } from './page-folder.ts';
import type { PageServer, PageServerOptions } from './page-server.ts';

/** How the page of a server is opened. */
export interface PageOptions extends Omit<PageServerOptions, 'folder'> {
  /** The server's folder. */
  readonly folder: string;
  /** Ends what a browser follows, and frees the port. */
  closeHttp(http: Server): Promise<void>;
}

/** The page, which is not there (no port, no memory) until somebody asks for it. */
export class Page {
  readonly #options: PageOptions;
  readonly #folder: PageFolder;
  #opening: Promise<PageServer> | undefined;
  #server: PageServer | undefined;

  constructor(options: PageOptions) {
    this.#options = options;
    this.#folder = pageFolder(options.folder);
  }

  /** Where it is, when it is there. */
  get url(): string | undefined {
    return this.#server?.url;
  }

  /** Lets one browser in. @throws PREFISH_PAGE_MISSING, PREFISH_SERVER_START */
  async signInCode(): Promise<SignInCode> {
    return (await this.#open()).signInCode();
  }

  /** Opens the page again for the browsers that an earlier server had signed in. */
  async resume(): Promise<void> {
    if (!existsSync(this.#folder.sessions)) return;
    await this.#open().catch((error: unknown) =>
      this.#options.log('warn', 'the page could not be opened again', { error: String(error) }),
    );
  }

  async close(): Promise<void> {
    const server = await this.#opening?.catch(() => undefined);
    if (server === undefined) return;
    await this.#options.closeHttp(server.http);
    await server.close();
  }

  async #open(): Promise<PageServer> {
    this.#opening ??= this.#load();
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #load(): Promise<PageServer> {
    const { openPageServer } = await import('./page-server.ts');
    this.#server = await openPageServer({ ...this.#options, folder: this.#folder });
    return this.#server;
  }
}
