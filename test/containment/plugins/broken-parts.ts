/** Plugins that are broken where the environment says: in `setup`, in a hook, at the import, in a task source. */
import { definePlugin, type PluginFactory, type TaskSource } from '@prefish/core';

const part = process.env['BROKEN'];
if (part === 'import') throw new Error('boom at the import');
if (part === 'import-prints') console.log('printed at the import');

const source: TaskSource = {
  id: 'broken',
  title: 'Broken',
  list: () => {
    if (part === 'source') throw new Error('boom in the list');
    return part === 'source-hangs' ? new Promise(() => {}) : Promise.resolve({ tasks: [] });
  },
  get: () => Promise.resolve(undefined),
  actions: [],
};

const plugin: PluginFactory<undefined> = definePlugin({
  name: 'prefish-plugin-broken',
  api: '^1',
  setup(shell) {
    if (part === 'early') throw new Error('boom at once');
    shell.prefix({ id: 'mine', token: '^mine', summary: 'Mine', run: () => ({ type: 'ok' }) });
    if (part === 'setup') throw new Error('boom in setup');
    if (part === 'taken')
      shell.prefix({ id: 'taken', token: '!', summary: 'Not mine', run: () => ({ type: 'ok' }) });
    if (part === 'dispatch') {
      shell.hooks.dispatch.tap('broken', () => {
        throw new Error('boom in a hook');
      });
    }
    if (part === 'promise') shell.hooks.dispatch.tap('broken', (async () => {}) as never);
    if (part === 'settled') {
      shell.hooks.settled.tap('broken', () => {
        throw new Error('boom in a hook');
      });
    }
    if (part?.startsWith('source')) shell.tasks(source);
  },
});

export default plugin;
