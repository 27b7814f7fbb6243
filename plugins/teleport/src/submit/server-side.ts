import {
  PrefishError,
  protocolVersion,
  type Network,
  type RepositoryHistory,
  type RepositoryLocation,
  type ServerInfo,
} from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import type { Services } from '../services.ts';
import { lineForServer, type PlannedLine } from './plan-line.ts';
import { checkSandbox, networkWithout } from './sandbox.ts';
import type { Asked } from './submit-options.ts';

/** What a line asks for; whether its network level was wished for, or is what its prefix needs. */
export type AskedOfServer = Asked & { readonly isNetworkWished: boolean };

/** The server as a submission needs it. */
export interface ServerSide {
  readonly client: ServerClient;
  readonly info: ServerInfo;
  readonly location: RepositoryLocation;
  /** The line with the server's own token. */
  readonly line: string;
  /** Full ids of the tasks that must end first. */
  readonly after: readonly string[];
  readonly afterAny: readonly string[];
  /** What the line reaches there. */
  readonly network: Network | undefined;
}

/**
 * Connects, starting the server where it does not run, and checks before anything is sent that it
 * would take the line.
 *
 * @throws PREFISH_SERVER_VERSION, PREFISH_SANDBOX_MISSING, PREFISH_PREFIX_UNSUPPORTED,
 * PREFISH_NETWORK_UNSUPPORTED, PREFISH_REQUEST_TOO_LARGE, PREFISH_TASK_NOT_FOUND for `--after`; what connecting throws
 */
export async function prepareServer(
  services: Services,
  line: PlannedLine,
  asked: AskedOfServer,
  { repo, history }: { readonly repo: string; readonly history: RepositoryHistory | undefined },
  signal: AbortSignal,
): Promise<ServerSide> {
  const client = await services.connect(true, signal);
  const idsOf = (references: readonly string[]): Promise<readonly string[]> =>
    Promise.all(references.map(async (reference) => (await client.get(reference, signal)).id));
  const [info, location, after, afterAny] = await Promise.all([
    client.info(signal),
    client.repository(repo, signal, services.server.elsewhere ? undefined : history),
    idsOf(asked.after),
    idsOf(asked.afterAny),
  ]);
  checkVersion(info);
  checkSandbox(line.needs, services.defaults.sandbox, info);
  const network = networkWithout(asked.network, asked.isNetworkWished, info);
  if (network !== undefined && !info.networks.includes(network)) {
    throw new PrefishError(
      'PREFISH_NETWORK_UNSUPPORTED',
      `${info.place} does not offer the network level ${network}; nothing was sent`,
      { hint: `It offers ${info.networks.join(', ')}` },
    );
  }
  const text = lineForServer(line, info);
  const bytes = Buffer.byteLength(text);
  if (bytes > info.limits.lineBytes) {
    throw new PrefishError(
      'PREFISH_REQUEST_TOO_LARGE',
      `The line has ${bytes} bytes; ${info.place} takes ${info.limits.lineBytes}`,
    );
  }
  return { client, info, location, line: text, after, afterAny, network };
}

function checkVersion(info: ServerInfo): void {
  if (info.protocol === protocolVersion) return;
  throw new PrefishError(
    'PREFISH_SERVER_VERSION',
    `The server (prefish ${info.version}) speaks protocol ${info.protocol}, this prefish speaks ${protocolVersion}`,
    { hint: 'prefish daemon stop ends the server of the other version; the next & starts its own' },
  );
}
