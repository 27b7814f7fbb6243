import { execFile } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Config, Outcome } from '@prefish/core';
import {
  errorMessage,
  formatBytes,
  isPrefishError,
  protocolVersion,
  type ServerInfo,
} from '@prefish/protocol';
import type { Configuration } from '../config/configuration.ts';
import { taskLimits } from '../config/size.ts';
import type { Folders } from '../folders.ts';
import { findServer, type FoundServer } from '../server/connect.ts';
import { makeUsable } from '../usable-folders.ts';
import { checkAgents } from './check-agents.ts';
import { checkServe } from './check-serve.ts';
import { checkServers } from './check-servers.ts';
import { checkShell } from './check-shell.ts';

const run = promisify(execFile);

/** One thing that prefish needs, and what to do where it is not as it should be. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  readonly fix?: string;
}

/** Checks what prefish relies on. Exit code 1 when something is not as it should be. */
export async function doctor(
  folders: Folders,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
  configuration: Configuration,
): Promise<Outcome> {
  const found = await findServer(folders, signal).catch((error: unknown) => error as Error);
  const checks = (
    await Promise.all([
      { check: 'node', ok: true, message: `${process.versions.node} (${process.execPath})` },
      checkGit(env, signal),
      checkShell(env),
      checkFolders(folders),
      checkConfiguration(configuration),
      checkSandbox(found, configuration),
      checkServer(found),
      checkServe(folders),
      checkServers(folders, configuration.value.server, signal),
      checkAgents(configuration.value.agent, folders, env, configuration.value.server),
    ])
  ).flat();
  const message = checks.map(describe).join('\n');
  return { type: 'ok', message, data: checks, exit: { code: checks.every(({ ok }) => ok) ? 0 : 1 } };
}

function describe({ check, ok, message, fix }: Check): string {
  const line = `${ok ? 'ok  ' : 'FIX '} ${check.padEnd(8)} ${message}`;
  return fix === undefined ? line : `${line}\n              ${fix}`;
}

/** git 2.38 brought `merge-tree --write-tree`, which bringing results home needs. */
async function checkGit(env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Check> {
  const check = 'git';
  const fix = 'Install git 2.38 or newer: apt install git, or brew install git.';
  const path = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute).join(delimiter);
  try {
    const { stdout } = await run('git', ['--version'], { env: { PATH: path, LC_ALL: 'C' }, signal });
    const version = /(\d+)\.(\d+)\S*/.exec(stdout);
    const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
    const ok = major > 2 || (major === 2 && minor >= 38);
    return ok
      ? { check, ok, message: version![0] }
      : { check, ok, message: `${stdout.trim()} is older than 2.38`, fix };
  } catch (error) {
    if (signal.aborted) throw error;
    return { check, ok: false, message: 'was not found on PATH', fix };
  }
}

/** With less room than this, in bytes, the next snapshot or database may not fit. */
const leastRoom = 256 * 2 ** 20;

async function checkFolders(folders: Folders): Promise<Check> {
  const check = 'folders';
  try {
    makeUsable(folders);
    const { bavail, bsize } = await statfs(folders.data);
    const room = bavail * bsize;
    if (room >= leastRoom) return { check, ok: true, message: folders.data };
    const message = `${folders.data} is on a disk with ${formatBytes(room)} left`;
    return {
      check,
      ok: false,
      message,
      fix: 'prefish du says what prefish has there, prefish clean frees it.',
    };
  } catch (error) {
    const hint = isPrefishError(error) ? error.hint : undefined;
    return { check, ok: false, message: errorMessage(error), ...(hint === undefined ? {} : { fix: hint }) };
  }
}

function checkConfiguration({ files, problems: [problem], waiting }: Configuration): Check {
  const check = 'config';
  if (problem !== undefined)
    return { check, ok: false, message: problem.message, fix: problem.hint ?? 'prefish config check' };
  if (waiting !== undefined)
    return { check, ok: false, message: `${waiting.file} waits for trust`, fix: 'prefish trust' };
  return { check, ok: true, message: files.map(({ path }) => path).join(', ') || 'no file is there' };
}

/** What contains tasks: as the server that runs says, else as it would find it. */
async function checkSandbox(
  found: FoundServer | Error | undefined,
  { value }: Configuration,
): Promise<readonly Check[]> {
  const check = 'sandbox';
  const told = found instanceof Error ? undefined : found?.info.sandbox;
  const { kind, reason, parts } = told?.parts === undefined ? await askHere(value.limits) : told;
  // Where nothing limits tasks, they run all the same.
  const rest = (parts ?? []).map(({ part, ok, ...said }) => ({
    check: part,
    ok: ok || part === 'limits',
    ...said,
  }));
  if (kind === 'bwrap') return [{ check, ok: true, message: 'bubblewrap works' }, ...rest];
  const message = `tasks run unsandboxed: ${reason ?? 'none works'}`;
  if (process.platform !== 'linux') return [{ check, ok: true, message }];
  // A server does not tell: it is a machine's own.
  const { hint } = await askHere(value.limits);
  return [{ check, ok: false, message, ...(hint === undefined ? {} : { fix: hint }) }, ...rest];
}

async function askHere(
  limits: Config['limits'],
): Promise<ServerInfo['sandbox'] & { readonly hint?: string }> {
  const { createSandbox } = await import('@prefish/server');
  const sandbox = createSandbox();
  const [report, parts] = await Promise.all([sandbox.report(), sandbox.parts(taskLimits(limits))]);
  return { ...report, parts };
}

function checkServer(found: FoundServer | Error | undefined): Check {
  const check = 'server';
  if (found === undefined) return { check, ok: true, message: 'does not run; the first & starts it' };
  if (found instanceof Error) {
    const fix = (isPrefishError(found) ? found.hint : undefined) ?? 'prefish daemon stop';
    return { check, ok: false, message: found.message, fix };
  }
  const { pid, version, protocol } = found.info;
  return protocol === protocolVersion
    ? { check, ok: true, message: `runs (pid ${pid}, prefish ${version})` }
    : { check, ok: false, message: `is prefish ${version}, of another protocol`, fix: 'prefish daemon stop' };
}
