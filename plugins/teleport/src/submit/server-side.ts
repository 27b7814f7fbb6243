import { PrefishError, protocolVersion, type RepositoryLocation, type ServerInfo } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import type { Services } from '../services.ts';
import { lineForServer, type PlannedLine } from './plan-line.ts';
import type { Asked } from './submit-options.ts';

/** The server as a submission needs it. */
export interface ServerSide {
  readonly client: ServerClient;
  readonly info: ServerInfo;
  readonly location: RepositoryLocation;
  /** The line with the server's own token. */
  readonly line: string;
  /** Full ids of the tasks that must end first. */
  readonly after: readonly string[];
}

/**
 * Connects, starting the server where it does not run, and checks before anything is sent that it
 * would take the line.
 *
 * @throws PREFISH_SERVER_VERSION, PREFISH_SANDBOX_MISSING, PREFISH_PREFIX_UNSUPPORTED,
 * PREFISH_NETWORK_UNSUPPORTED, PREFISH_LIMIT, PREFISH_TASK_NOT_FOUND for `--after`; what connecting throws
 */
export async function prepareServer(
  services: Services,
  line: PlannedLine,
  asked: Asked,
  repo: string,
  signal: AbortSignal,
): Promise<ServerSide> {
  const client = await services.connect(true, signal);
  const [info, location, after] = await Promise.all([
    client.info(signal),
    client.repository(repo, signal),
    Promise.all(asked.after.map(async (reference) => (await client.get(reference, signal)).id)),
  ]);
  checkVersion(info);
  if (line.needs.contained === true && info.sandbox.kind === 'none') {
    throw new PrefishError(
      'PREFISH_SANDBOX_MISSING',
      `No sandbox works on ${info.place}${info.sandbox.reason === undefined ? '' : ` (${info.sandbox.reason})`}, and this line does not run without one; nothing was sent`,
      { hint: 'prefish doctor says how to mend that.' },
    );
  }
  if (asked.network !== undefined && !info.networks.includes(asked.network)) {
    throw new PrefishError(
      'PREFISH_NETWORK_UNSUPPORTED',
      `${info.place} does not offer the network level ${asked.network}; nothing was sent`,
      { hint: `It offers ${info.networks.join(', ')}` },
    );
  }
  const text = lineForServer(line, info);
  const bytes = Buffer.byteLength(text);
  if (bytes > info.limits.lineBytes) {
    throw new PrefishError(
      'PREFISH_LIMIT',
      `The line has ${bytes} bytes; ${info.place} takes ${info.limits.lineBytes}`,
    );
  }
  return { client, info, location, line: text, after };
}

function checkVersion(info: ServerInfo): void {
  if (info.protocol === protocolVersion) return;
  throw new PrefishError(
    'PREFISH_SERVER_VERSION',
    `The server (prefish ${info.version}) speaks protocol ${info.protocol}, this prefish speaks ${protocolVersion}`,
    { hint: 'prefish daemon stop ends the server of the other version; the next & starts its own' },
  );
}
