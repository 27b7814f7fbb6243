import { mkdir } from 'node:fs/promises';
import { withLock } from '@prefish/durable';
import type { StartMode } from '@prefish/plugin-teleport';
import { isPrefishError, PrefishError, protocolVersion, type Task } from '@prefish/protocol';
import { createHttpTransport, ServerClient } from '@prefish/protocol/client';
import type { Folders } from '../../../folders.ts';
import { checkOwner } from '../../connect.ts';
import { isAwayLately, noteAway, noteBack } from '../away.ts';
import { noteServer, readKnownServers } from '../known-servers.ts';
import { otherVersion } from '../other-version.ts';
import { runSsh, type SshResult } from './run-ssh.ts';
import { connectionOptions, destination, sshOptions, sshPaths, type SshAddress } from './ssh-options.ts';
import { socketThere, startCommand } from './start-there.ts';

/** How long a server that accepts a connection may take to answer, in milliseconds. */
const answerDeadlineMs = 15_000;

/** How long ssh, and the start of a server there, may take, in milliseconds. */
const startDeadlineMs = 45_000;

/** How a person is asked what ssh wants to know; without it, ssh asks nothing. Resolves with ssh's exit code. */
export type TypeForSsh = (args: readonly string[]) => Promise<number>;

/**
 * Connects to the server of the user on another machine: over a connection of ssh that is shared by all of
 * prefish, made where there is none, and a socket here that leads to the server's there, which is started where
 * it does not run.
 *
 * @throws PREFISH_SSH_FAILED, PREFISH_SERVER_UNREACHABLE where `start` lets no connection be made,
 * PREFISH_SERVER_VERSION
 */
export async function connectBySsh(
  folders: Folders,
  address: SshAddress,
  { start, type }: { readonly start: StartMode; readonly type?: TypeForSsh | undefined },
  seen: (task: Task) => Task,
  signal: AbortSignal,
): Promise<ServerClient> {
  const paths = sshPaths(folders, address);
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  await checkOwner(paths.folder);
  const client = new ServerClient(createHttpTransport({ socketPath: paths.socket }), seen);
  if (await answers()) return client;
  if (start === false || (start === 'if-used' && (await isAwayLately(folders, address.url)))) {
    throw new PrefishError('PREFISH_SERVER_UNREACHABLE', `There is no connection to ${address.place}`);
  }
  await withLock(
    paths.lock,
    async () => {
      // Another prefish may have made it meanwhile.
      if (!(await answers())) await open();
    },
    { signal, timeoutMs: 60_000 },
  );
  if (await answers()) return client;
  throw new PrefishError('PREFISH_SSH_FAILED', `The server of prefish on ${address.place} does not answer`, {
    hint: `On ${address.place}: prefish daemon status. Its sshd must let sockets be forwarded (AllowStreamLocalForwarding).`,
  });

  async function answers(): Promise<boolean> {
    const deadline = AbortSignal.timeout(answerDeadlineMs);
    try {
      const info = await client.info(AbortSignal.any([signal, deadline]));
      if (info.protocol !== protocolVersion) throw otherVersion(address.place, info);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted || (isPrefishError(error) && error.code === 'PREFISH_SERVER_UNREACHABLE'))
        return false;
      throw error;
    }
  }

  async function open(): Promise<void> {
    const shared = sshOptions(paths);
    const there = destination(address);
    if (type !== undefined && !(await isOpen())) {
      const code = await type([...shared, ...connectionOptions({ typed: true }), ...there, 'true']);
      if (code !== 0) throw failed(address, { code, said: '' });
    }
    const began = performance.now();
    const started = await startThere([
      ...shared,
      ...connectionOptions({ typed: false }),
      ...there,
      startCommand,
    ]);
    if (started.code === sshFailed) {
      await noteAway(folders, address.url, began);
      throw failed(address, started);
    }
    const socket = socketThere(address.place, started);
    await noteBack(folders, address.url);
    const forwarding = ['-O', 'forward', '-L', `${paths.socket}:${socket}`];
    const forwarded = await runSsh([...shared, ...forwarding, ...there], paths.folder, signal);
    if (forwarded.code !== 0) throw failed(address, forwarded);
    // Whatever was started there is found again without its name.
    const isKnown = readKnownServers(folders).some(({ url }) => url === address.url);
    if (!isKnown) await noteServer(folders, { url: address.url });
  }

  /** A login shell there may wait for something, for ever. */
  async function startThere(args: readonly string[]): Promise<SshResult> {
    const began = performance.now();
    const deadline = AbortSignal.timeout(startDeadlineMs);
    try {
      return await runSsh(args, paths.folder, AbortSignal.any([signal, deadline]));
    } catch (error) {
      await noteAway(folders, address.url, began, 'givenUp');
      if (signal.aborted || !deadline.aborted) throw error;
      return { code: sshFailed, stdout: '', said: `no answer within ${startDeadlineMs / 1000} s` };
    }
  }

  async function isOpen(): Promise<boolean> {
    const asked = await runSsh(
      [...sshOptions(paths), '-O', 'check', ...destination(address)],
      paths.folder,
      signal,
    );
    return asked.code === 0;
  }
}

/** What ssh ends with when it failed itself, and not the program there: ssh(1), EXIT STATUS. */
const sshFailed = 255;

function failed({ place, url }: SshAddress, { code, said }: Omit<SshResult, 'stdout'>): PrefishError {
  const last = said.split(/\r?\n/).at(-1) || `ssh ended with code ${code}`;
  const asks = /Permission denied|Host key verification failed/.test(said);
  return new PrefishError('PREFISH_SSH_FAILED', `${place} was not reached by ssh: ${last}`, {
    hint: asks ? `prefish login ${url} lets ssh ask you` : `Does ssh ${url} work?`,
  });
}
