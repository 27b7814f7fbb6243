import manifest from '../package.json' with { type: 'json' };
import { readdirSync } from 'node:fs';
import { definePlugin, type PluginFactory } from '@prefish/core';
import { named } from './named-errors.ts';
import type { OutboxEntry } from './outbox/outbox.ts';
import { teleportOptions, type TeleportOptionsSchema } from './options.ts';
import { createServices } from './services.ts';
import { serverSource } from './source/server-source.ts';
import { takesMessages } from './source/takes-messages.ts';
import { submitArgs } from './submit/submit-args.ts';
import { tidyDaily } from './tidy.ts';

/** Where commands stand that look after prefish itself: behind the others. */
const administration = 2;
/**
 * How long closing the shell waits for deliveries, and then for them to end: less than a cleanup may take. The outbox
 * keeps what is not out by then.
 */
const farewellMs = { deliveries: 3000, ending: 1000 };

/** After how long a shell tidies up, in milliseconds. */
const idleMs = 60_000;

/** The teleport plugin: the prefix `&`, and the server's tasks in the list. */
export const teleport: PluginFactory<TeleportOptionsSchema> = definePlugin({
  name: '@prefish/plugin-teleport',
  version: manifest.version,
  api: '^1',
  options: teleportOptions,
  setup(shell) {
    const leaving = new AbortController();
    const services = createServices(shell.options, leaving.signal, {
      takesMessages: (line) => takesMessages(line, shell.view),
      warn: (code, message, hint) => shell.warn(code, message, hint),
      notify: (message) => shell.notify(message),
      status: (key, text) => shell.status(key, text),
    });
    shell.prefix({
      id: 'teleport',
      token: '&',
      summary: 'Run the line in the background, in a copy of this work tree',
      examples: ['& !npm test', '& --wait !make check', '& --dry-run !npm test'],
      teleport: false,
      args: submitArgs,
      isComplete: (line) => shell.view.isComplete(line.trimStart()),
      async run(body, context, values) {
        const { submitLine } = await import('./submit/submit.ts');
        return named(() => submitLine(body, context, values, services));
      },
    });
    shell.command({
      name: 'du',
      rank: administration,
      summary: 'Say where the disk goes: tasks, repositories, kept files, undo points',
      args: {
        data: {
          type: 'string',
          placeholder: 'DIR',
          summary: 'Of the folder of a server: as prefish serve --data',
        },
      },
      run: async ({ values }, context) => {
        const { showDiskUse, showFolderUse } = await import('./disk/disk-use.ts');
        const { folderUse } = shell.options;
        const { data } = values;
        if (typeof data === 'string' && folderUse !== undefined) {
          return named(() => showFolderUse(data, folderUse, context));
        }
        return named(() => showDiskUse(services.at(services.serverOf('here')), context));
      },
    });
    shell.command({
      name: 'clean',
      rank: administration,
      summary: 'Free the disk of what nobody needs any more',
      args: { 'dry-run': { type: 'boolean', summary: 'Say how much that would be, and remove nothing' } },
      run: async ({ values }, context) => {
        const { clean } = await import('./disk/clean.ts');
        const asked = { dryRun: values['dry-run'] === true };
        return named(() => clean(services.at(services.serverOf('here')), asked, context));
      },
    });
    for (const server of services.servers) shell.tasks(serverSource(services.at(server)));
    if (shell.session.env['PREFISH_TASK'] === undefined) {
      services.background(finishLeftOver());
      // Where a process of its own goes on with it, nobody waits for it.
      if (shell.options.deliverLater === undefined) services.background(deliverLeftOver());
      else services.attend(deliverLeftOver());
    }
    const idle = setTimeout(() => {
      services.attend(tidyDaily(shell.options.folders, shell.session.env, leaving.signal));
    }, idleMs).unref();

    return async () => {
      clearTimeout(idle);
      await services.settle(farewellMs.deliveries);
      leaving.abort();
      await services.settle(farewellMs.ending);
      // What cannot be handed over now is kept all the same.
      await deliverLater().catch(() => {});
    };

    /** An apply or undo that was killed is completed or reversed now. */
    async function finishLeftOver(): Promise<void> {
      if (!namesIn(services.undoFolder).some((name) => name.endsWith('.pending'))) return;
      const { finishAllInterrupted } = await import('./apply/recover.ts');
      await finishAllInterrupted(services, (code, message) => shell.warn(code, message), leaving.signal);
    }

    /** What an earlier prefish could not deliver goes out now. */
    async function deliverLeftOver(): Promise<void> {
      if (namesIn(services.outboxFolder).length === 0) return;
      const { sweepOutbox } = await import('./outbox/sweep-outbox.ts');
      // What cannot be removed now is no reason to deliver nothing.
      await sweepOutbox(services.outboxFolder, services.outbox).catch(() => {});
      const { deliverEverywhere } = await import('./source/server-tasks.ts');
      await deliverEverywhere(services, leaving.signal);
    }

    /** What is not out by then is left to a process of its own, unless there is one. */
    async function deliverLater(): Promise<void> {
      const { deliverLater: startDelivery, folders } = shell.options;
      if (startDelivery === undefined || shell.session.env['PREFISH_TASK'] !== undefined) return;
      if (namesIn(services.outboxFolder).length === 0) return;
      const { waitsFor } = await import('./outbox/deliver.ts');
      const { serverOfEntry } = await import('./outbox/without-server.ts');
      const isToGo = (entry: OutboxEntry): boolean => {
        const server = serverOfEntry(services, entry);
        return server !== undefined && waitsFor(entry, server);
      };
      if (!(await services.outbox.list()).some(isToGo)) return;
      const { asOnlyDelivery } = await import('./outbox/only-delivery.ts');
      if (await asOnlyDelivery(folders, async () => {})) await startDelivery();
    }
  },
});

/** Synchronous: `fs/promises` and its threads would cost each line a twelfth of its time. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
