import type { Problem } from '@prefish/protocol';
import type { MiddlewareHandler } from 'hono';
import { html } from 'hono/html';
import type { PageFiles } from './page-files.ts';

/** What the address of a person leads to when it leads nowhere: words and a way home, in place of JSON. */
export function problemsAsPages(files: PageFiles): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { req, res } = context;
    const isProblem = res.headers.get('content-type') === 'application/problem+json';
    if (!isProblem || !/\btext\/html\b/.test(req.header('accept') ?? '')) return;
    const problem = (await res.json()) as Problem;
    const headers = new Headers(res.headers);
    headers.set('content-type', 'text/html; charset=utf-8');
    headers.set('cache-control', 'no-store');
    context.res = new Response(`${page(wordsFor(problem), files.stylesheet)}`, {
      status: res.status,
      headers,
    });
  };
}

interface Words {
  readonly title: string;
  readonly text: string;
}

function wordsFor({ status, detail, hint }: Problem): Words {
  if (status === 404) {
    return {
      title: 'There is nothing here',
      text: 'No page of prefish has this address. A task may have been removed, or a letter is missing.',
    };
  }
  return { title: 'That did not work', text: [detail, hint].filter(Boolean).join(' ') };
}

function page({ title, text }: Words, stylesheet: string): unknown {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · prefish</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${stylesheet}" />
      </head>
      <body>
        <main class="sign-in">
          <p class="brand">prefish</p>
          <h1>${title}</h1>
          <p>${text}</p>
          <p><a href="/">All tasks</a></p>
        </main>
      </body>
    </html>`;
}
