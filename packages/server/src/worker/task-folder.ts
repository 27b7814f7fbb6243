import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Enclosure, EventBody, ModelAccess, SandboxKind, TaskFolder } from '@prefish/protocol';
import type { EgressRules } from '../egress/egress-rules.ts';
import { openEgressProxy } from '../egress/proxy.ts';
import { openGateway } from '../gateway/gateway.ts';
import type { BoundPath } from '../runtime.ts';

/** What is given to an attempt besides its workspace. */
export interface TaskFolderOptions {
  /** The attempt's folder on the host. */
  readonly work: string;
  /** Where the folder of its sockets is made: short, because the path of a socket may have about 100 bytes. */
  readonly sockets: string;
  readonly enclosed: Enclosure | undefined;
  readonly models: readonly ModelAccess[];
  /** Where the task may connect to; absent where it has a network, or is to have none. */
  readonly egress: EgressRules | undefined;
  /** The hosts with a private address that models may be at; absent: any. */
  readonly reach?: readonly string[] | undefined;
  /** Takes what the transcript should say. */
  readonly report: (event: EventBody) => void;
}

/** The folder in which an attempt finds what came along with it, and what it leads to. */
export interface OpenTaskFolder {
  /** Where the task sees it. */
  path(kind: SandboxKind): string;
  /** What a sandbox binds for that, read-only. */
  readonly mounts: readonly BoundPath[];
  /** Closes gateway and proxy, and removes their sockets. The rest goes with the attempt's folder. */
  close(): Promise<void>;
}

const inside = '/run/prefish/task';
const [gatewaySocket, proxySocket] = ['gateway.sock', 'proxy.sock'];

/** Writes the folder, and opens the gateway to the models and the proxy to the hosts that the task may use. */
export async function openTaskFolder(options: TaskFolderOptions): Promise<OpenTaskFolder> {
  const { work, enclosed, models, egress, reach, report } = options;
  const folder = join(work, 'task');
  const token = randomBytes(32).toString('hex');
  await mkdir(options.sockets, { recursive: true, mode: 0o700 });
  // Made anew for each attempt, under a name that cannot be guessed.
  const sockets = await mkdtemp(join(options.sockets, '/'));
  const closers: (() => Promise<void>)[] = [() => rm(sockets, { recursive: true, force: true })];
  const names: string[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    if (models.length > 0) {
      const socketPath = join(sockets, gatewaySocket);
      const gateway = await openGateway({ socketPath, models, token, reach, report });
      closers.push(() => gateway.close());
      names.push(gatewaySocket);
    }
    if (egress !== undefined) {
      const socketPath = join(sockets, proxySocket);
      const proxy = await openEgressProxy({ socketPath, rules: egress, report });
      closers.push(() => proxy.close());
      names.push(proxySocket);
    }
    await writeTaskFolder(folder, enclosed, {
      ...(models.length > 0 && { gateway: { token, apis: models.map(({ api }) => api) } }),
      ...(egress !== undefined && { proxy: true, local: localHosts(egress) }),
    });
    for (const name of names) {
      // A place to bind the socket to: the folder itself is bound read-only.
      await writeFile(join(folder, name), '');
    }
    for (const name of ['task.json', 'files']) await symlink(join(folder, name), join(sockets, name));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    path: (kind) => (kind === 'none' ? sockets : inside),
    mounts: [
      { source: folder, target: inside },
      ...names.map((name) => ({ source: join(sockets, name), target: join(inside, name) })),
    ],
    close,
  };
}

/** `localhost:4873`: in the task, the name means the task itself. */
function localHosts({ allow = [], reach = allow }: EgressRules): string[] {
  const local = reach.filter(({ host }) => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host));
  return local.flatMap(({ host, port }) =>
    port === undefined ? [] : [`${host === '::1' ? '[::1]' : host}:${port}`],
  );
}

async function writeTaskFolder(
  folder: string,
  enclosed: Enclosure | undefined,
  ways: Pick<TaskFolder, 'gateway' | 'proxy' | 'local'>,
): Promise<void> {
  const files = Object.entries(enclosed?.files ?? {});
  await mkdir(join(folder, 'files'), { recursive: true, mode: 0o700 });
  for (const [name, text] of files) await writeFile(join(folder, 'files', name), text, { mode: 0o600 });
  const description: TaskFolder = {
    ...(enclosed?.settings !== undefined && { settings: enclosed.settings }),
    files: files.map(([name]) => name),
    ...ways,
  };
  await writeFile(join(folder, 'task.json'), JSON.stringify(description), { mode: 0o600 });
}
