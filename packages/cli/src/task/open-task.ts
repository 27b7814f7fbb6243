import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Enclosed } from '@prefish/core';
import { errorMessage, PrefishError, type TaskFolder } from '@prefish/protocol';
import { forwardPort, toSocket, type ForwardedPort } from './forward-port.ts';
import { proxyVariables } from './proxy-variables.ts';
import { throughProxy } from './tunnel.ts';

/** What came along with the line of this task, for as long as it runs. */
export interface OpenTask extends AsyncDisposable {
  readonly enclosed: Enclosed;
  /** Through which the programs of the line find the way out, where there is one. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Opens the folder in which a task finds what came along with it: its sockets become ports of the
 * loopback, because that is where programs look for an API and a proxy.
 *
 * @throws PREFISH_WORKSPACE_FAILED when the folder is not as it should be
 */
export async function openTask(folder: string): Promise<OpenTask> {
  const { settings, files, gateway, proxy, local = [] } = await readTask(folder);
  const proxySocket = join(folder, 'proxy.sock');
  const models = gateway && (await forwardPort(toSocket(join(folder, 'gateway.sock'))));
  const way = proxy && (await forwardPort(toSocket(proxySocket)));
  const own = proxy ? await Promise.all(local.map((host) => openLocal(proxySocket, host))) : [];
  return {
    enclosed: {
      ...(settings === undefined ? {} : { settings }),
      files: Object.fromEntries(files.map((name) => [name, join(folder, 'files', name)])),
      models: gateway && models ? modelsAt(models.port, gateway) : {},
    },
    variables: way ? proxyVariables(way.port) : {},
    async [Symbol.asyncDispose]() {
      await Promise.all([models, way, ...own].map((port) => port?.[Symbol.asyncDispose]()));
    },
  };
}

/** The port of the task's own loopback that leads to the one of the machine; none where it may not be opened. */
async function openLocal(proxySocket: string, host: string): Promise<ForwardedPort | undefined> {
  const port = Number(host.slice(host.lastIndexOf(':') + 1));
  return forwardPort(throughProxy(proxySocket, host), port).catch(() => undefined);
}

function modelsAt(port: number, { apis, token }: NonNullable<TaskFolder['gateway']>): Enclosed['models'] {
  return Object.fromEntries(apis.map((api) => [api, { url: `http://127.0.0.1:${port}/${api}`, token }]));
}

async function readTask(folder: string): Promise<TaskFolder> {
  try {
    return JSON.parse(await readFile(join(folder, 'task.json'), 'utf8')) as TaskFolder;
  } catch (cause) {
    throw new PrefishError(
      'PREFISH_WORKSPACE_FAILED',
      `What came along with the task cannot be read: ${errorMessage(cause)}`,
      { cause },
    );
  }
}
