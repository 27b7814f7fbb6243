import type { Config, Plugin, PrefixTokens } from '@prefish/core';
import { agent } from '@prefish/plugin-agent';
import { memory } from '@prefish/plugin-memory';
import { shell } from '@prefish/plugin-shell';
import { tasks } from '@prefish/plugin-tasks';
import { teleport } from '@prefish/plugin-teleport';
import { grantedMounts } from './config/granted-mounts.ts';
import { snapshotLimits } from './config/size.ts';
import type { Folders } from './folders.ts';
import { entry } from './installation.ts';
import { createConnector } from './server/connector.ts';
import { serverFolder } from './server/location.ts';
import { serversElsewhere } from './server/elsewhere/servers-elsewhere.ts';
import { withFolders } from './with-folders.ts';

/** What the configuration says of the default plugins. */
export interface DefaultPluginSettings extends Pick<
  Config,
  | 'server'
  | 'network'
  | 'allow'
  | 'sandbox'
  | 'carry'
  | 'setup'
  | 'snapshot'
  | 'mounts'
  | 'environment'
  | 'agent'
> {
  /** Options by the plugin's name. */
  readonly options?: ReadonlyMap<string, unknown>;
  /** The conversation that the first message to the agent continues: `last`, or its id. */
  readonly resume?: string | undefined;
  /** Whether a person types the lines: they are told what became of tasks, and have their own aliases. */
  readonly prompt?: boolean;
}

interface HolderCommand {
  /** What holds a background shell: see the options of the shell plugin. */
  readonly holder?: readonly string[];
}

/** The plugins that every prefish has. */
export function defaultPlugins(folders: Folders, settings: DefaultPluginSettings = {}): Plugin[] {
  const {
    server,
    network,
    allow,
    sandbox,
    carry,
    setup,
    snapshot,
    mounts,
    environment,
    options,
    prompt = false,
  } = settings;
  const reach = {
    connect: createConnector(folders),
    elsewhere: serversElsewhere(folders, server),
    deliverLater: async () => (await import('./server/spawn-delivery.ts')).spawnDelivery(server),
    folderUse: async (folder: string, signal: AbortSignal) =>
      (await import('@prefish/server')).folderUse(folder, signal),
  };
  const lines = {
    ...(network === undefined ? {} : { network }),
    ...(allow === undefined ? {} : { allow }),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(carry === undefined ? {} : { carry }),
    ...(setup === undefined ? {} : { setup }),
    ...(snapshot === undefined ? {} : { snapshot: snapshotLimits(snapshot) }),
    ...(mounts === undefined ? {} : { mounts: grantedMounts(mounts) }),
    ...(environment === undefined ? {} : { environment }),
    ...asObject(options?.get('@prefish/plugin-teleport')),
  };
  return [
    ...taskPlugins(folders, { ...settings, holder: [process.execPath, entry, 'shells', 'hold'] }),
    withFolders(
      teleport({ ...lines, folders: { ...folders, server: serverFolder(folders) }, ...reach }),
      folders,
    ),
    withFolders(tasks({ news: prompt, ...asObject(options?.get('@prefish/plugin-tasks')) }), folders),
  ];
}

/** Those of them whose lines may run in a task. */
export function taskPlugins(
  folders: Folders,
  {
    agent: chosen,
    options,
    resume,
    holder,
    prompt = false,
  }: Omit<DefaultPluginSettings, 'server'> & HolderCommand = {},
): Plugin[] {
  const noted = asObject(options?.get('@prefish/plugin-memory'));
  const messages = {
    ...(chosen === undefined ? {} : { agent: chosen }),
    ...asObject(options?.get('@prefish/plugin-agent')),
    ...(resume === undefined ? {} : { resume, announce: prompt }),
  };
  return [
    shell({
      rc: prompt,
      // In a task nothing outlives its line.
      ...(holder === undefined || process.env['PREFISH_TASK'] ? {} : { holder }),
      ...asObject(options?.get('@prefish/plugin-shell')),
    }),
    withFolders(memory({ ...noted, folders }), folders),
    withFolders(agent({ ...messages, folders }), folders),
  ];
}

/** What lines may rely on: when one of these plugins fails to load, its lines are refused by name. */
export const expectedPrefixes: readonly { id: string; token: string; plugin: string }[] = [
  { id: 'shell', token: '!', plugin: '@prefish/plugin-shell' },
  { id: 'shell-private', token: '!!', plugin: '@prefish/plugin-shell' },
  { id: 'memory', token: '#', plugin: '@prefish/plugin-memory' },
  { id: 'teleport', token: '&', plugin: '@prefish/plugin-teleport' },
];

/** The tokens of the default plugins' prefixes. */
export const defaultTokens: PrefixTokens = Object.fromEntries(
  expectedPrefixes.map(({ id, token }) => [id, token]),
);

function asObject(options: unknown): object {
  return typeof options === 'object' && options !== null ? options : {};
}
