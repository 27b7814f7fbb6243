import type { Plugin } from '@prefish/core';
import { memory } from '@prefish/plugin-memory';
import { shell } from '@prefish/plugin-shell';
import { tasks } from '@prefish/plugin-tasks';
import { teleport } from '@prefish/plugin-teleport';
import type { Folders } from './folders.ts';
import { createConnector } from './server/connector.ts';
import { withFolders } from './with-folders.ts';

/** The plugins that every prefish has. `server`: the URL of a server elsewhere, where one was named. */
export function defaultPlugins(folders: Folders, server?: string): Plugin[] {
  const connect = createConnector(folders, server);
  return [
    ...taskPlugins(folders),
    withFolders(teleport({ folders, connect }), folders),
    withFolders(tasks(), folders),
  ];
}

/** Those of them whose lines may run in a task. */
export function taskPlugins(folders: Folders): Plugin[] {
  return [shell(), withFolders(memory({ folders }), folders)];
}

/** What lines may rely on: when one of these plugins fails to load, its lines are refused by name. */
export const expectedPrefixes: readonly { id: string; token: string; plugin: string }[] = [
  { id: 'shell', token: '!', plugin: '@prefish/plugin-shell' },
  { id: 'shell-private', token: '!!', plugin: '@prefish/plugin-shell' },
  { id: 'memory', token: '#', plugin: '@prefish/plugin-memory' },
  { id: 'teleport', token: '&', plugin: '@prefish/plugin-teleport' },
];
