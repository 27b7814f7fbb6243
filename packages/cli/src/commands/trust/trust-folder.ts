import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError } from '@prefish/protocol';
import { findFiles } from '../../config/load-configuration.ts';
import { currentTokens, examine, readLayers } from '../../config/read-layers.ts';
import { defaultTokens } from '../../default-plugins.ts';
import type { Folders } from '../../folders.ts';
import { createTrust } from '../../trust/create-trust.ts';
import { describeInspection, visible } from '../../trust/question.ts';
import { realPath } from '../../trust/trusted-path.ts';
import type { TrustedFolder, TrustRequest } from '../../trust/trust.ts';

/**
 * `prefish trust [DIR] [--add FILE…]`: shows what the configuration of a folder would do, asks, and records it
 * as it is now.
 *
 * @throws PREFISH_USAGE, PREFISH_NOT_A_FOLDER, PREFISH_NO_TTY, PREFISH_CONFIG_UNREADABLE, PREFISH_CONFIG_INVALID
 */
export async function trustFolder(
  folders: Folders,
  folder: string,
  added: readonly string[],
  { out, ask }: Pick<RunContext, 'out' | 'ask'>,
): Promise<Outcome> {
  for (const file of added) insistOnFile(file);
  const found = await projectRequest(folders, folder);
  if (found === undefined) {
    return {
      type: 'ok',
      message: `${visible(folder)} has no configuration that asks for trust.`,
      data: null,
    };
  }
  const request = added.length === 0 ? found : { ...found, added };
  const trust = createTrust(folders);
  if (added.length === 0 && (await trust.check(request)) === 'trusted') {
    const { root } = request;
    return { type: 'ok', message: `${visible(root)} is trusted already, as it is.`, data: { root } };
  }
  out.line(describeInspection(await trust.inspect(request)));
  if (!(await ask.confirm('Trust it?', { default: true }))) {
    return { type: 'ok', message: 'Nothing was trusted.', data: null };
  }
  const grant = await trust.grant(request);
  return {
    type: 'ok',
    message: 'Trusted. It counts from the next start of prefish; prefish trust --revoke takes it back.',
    data: { root: request.root, ...grant },
  };
}

/** `prefish trust --revoke [DIR]`: forgets what was answered about the folder, or the one above it that is known. */
export async function revokeTrust(folders: Folders, folder: string): Promise<Outcome> {
  const trust = createTrust(folders);
  for (let root = existing(folder); ; root = dirname(root)) {
    if (await trust.revoke(root)) {
      return { type: 'ok', message: `${visible(root)} is no longer trusted.`, data: { root } };
    }
    if (root === dirname(root)) break;
  }
  return { type: 'ok', message: `${visible(folder)} was not trusted.`, data: null };
}

/** `prefish trust --list`. */
export async function listTrust(folders: Folders): Promise<Outcome> {
  const trusted = await createTrust(folders).list();
  const message = trusted.length === 0 ? 'No folder is trusted.' : trusted.map(describeFolder).join('\n');
  return { type: 'ok', message, data: { folders: trusted } };
}

/**
 * What the configuration of the project around `folder` asks for; `undefined` when there is none, or nothing in
 * it needs trust. Runs nothing of the project.
 */
async function projectRequest(folders: Folders, folder: string): Promise<TrustRequest | undefined> {
  const { files, problems } = findFiles({
    flags: {},
    folders,
    start: folderAt(folder),
    env: {},
  });
  const project = files.find(({ level }) => level === 'project');
  if (project?.root === undefined) {
    const [problem] = problems;
    if (problem !== undefined) throw problem;
    return undefined;
  }
  const trust = async () => createTrust(folders);
  const own = await readLayers(
    files.filter(({ level }) => level === 'user'),
    { defaults: defaultTokens, trust },
  );
  const { request } = await examine(
    { ...project, root: project.root },
    currentTokens(own.layers, { defaults: defaultTokens }),
  );
  return request;
}

function folderAt(path: string): string {
  try {
    return realPath(`${path}/.`);
  } catch (cause) {
    throw new PrefishError('PREFISH_NOT_A_FOLDER', `${path} is no folder that can be read`, { cause });
  }
}

/** @throws PREFISH_USAGE for what `--add` names and is no file */
function insistOnFile(path: string): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile()) return;
  const why = status === undefined ? 'there is no such file' : 'that is no regular file';
  throw new PrefishError('PREFISH_USAGE', `--add ${visible(path)}: ${why}`);
}

/** A folder that is gone can still be forgotten. */
function existing(path: string): string {
  try {
    return realPath(path);
  } catch {
    return resolve(path);
  }
}

function describeFolder({ root, grants }: TrustedFolder): string {
  const [newest, ...older] = grants;
  const also = older.length === 0 ? '' : ` (and ${older.length} earlier)`;
  const rows = newest!.effects.map((effect) => `  ${visible(effect)}`);
  return [`${visible(root)}  ${newest!.at.slice(0, 10)}${also}`, ...rows].join('\n');
}
