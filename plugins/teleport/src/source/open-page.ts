import type { Outcome, RunContext, TaskAction } from '@prefish/core';
import { pageUrl, type Task } from '@prefish/protocol';
import type { Services } from '../services.ts';

/** Shows a task, or the list, in a browser. */
export function openAction(services: Services): TaskAction {
  return {
    name: 'open',
    summary: 'Open the page of the task in a browser, signed in; the list, without an ID',
    key: 'o',
    // The page knows what the server has.
    applies: ({ number }) => number > 0,
    run: (task, _args, context) => openPage(services, task, context),
    runAlone: (_args, context) => openPage(services.at(services.chosen()), undefined, context),
  };
}

/** The link is always said: it works once, in whatever browser it is pasted into. */
async function openPage(services: Services, task: Task | undefined, context: RunContext): Promise<Outcome> {
  const client = await services.connect(true, context.signal);
  const code = await client.signInCode(context.signal);
  const page = pageUrl(code, task?.id);
  const url = (await services.server.forward?.(page, context.signal)) ?? page;
  const { openBrowser } = await import('./open-browser.ts');
  const opened = context.terminal !== undefined && (await openBrowser(url, context.env));
  const what = opened ? 'Opening in your browser' : 'Open in a browser of this machine';
  return {
    type: 'ok',
    // On a row of its own, which the terminal wraps, and copies, as one.
    message: `${what}:\n${url}\n(the link works once, within two minutes)`,
    data: { url, expiresAt: code.expiresAt },
  };
}
