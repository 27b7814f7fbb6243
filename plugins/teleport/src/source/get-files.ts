import { lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Outcome, RunContext } from '@prefish/core';
import { PrefishError, formatBytes, type KeptFile, type Task } from '@prefish/protocol';
import type { ServerClient } from '@prefish/protocol/client';
import type { Services } from '../services.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import { referenceTo } from './reference.ts';

/** What is wanted of a task's kept files. */
export interface Wanted {
  /** A file, or a folder with all that is in it. Without one, they are listed. */
  readonly path: string | undefined;
  /** Where it goes; standard output by default. */
  readonly output: string | undefined;
}

/** What a task left behind and `--keep` kept, in the order of the paths. */
export async function keptFiles(
  services: Pick<Services, 'outbox' | 'connect'>,
  id: string,
  signal: AbortSignal,
): Promise<readonly KeptFile[]> {
  if ((await services.outbox.read(id)) !== undefined) return [];
  const client = await services.connect(true, signal);
  return (await client.files(id, signal)).filter(({ path }) => isBelow(path));
}

/**
 * `tasks get ID PATH`: fetches what a task left behind and `--keep` kept.
 *
 * @throws PREFISH_FILE_NOT_KEPT; PREFISH_SERVER_ANSWER; PREFISH_FILE_EXISTS where something is in the way; PREFISH_USAGE for a folder
 * or bytes that would go to a terminal
 */
export async function getFiles(
  services: Services,
  task: Task,
  { path, output }: Wanted,
  context: RunContext,
): Promise<Outcome> {
  const { signal, cwd } = context;
  const connected = services.connect(true, signal);
  const [client, files] = await Promise.all([
    connected,
    keptFiles({ outbox: services.outbox, connect: () => connected }, task.id, signal),
  ]);
  if (path === undefined) return { type: 'ok', message: listed(task, files), data: { files } };
  const wanted = path.replace(/^\.\//, '').replace(/\/+$/, '');
  const file = files.find((kept) => kept.path === wanted);
  const below = files.filter((kept) => kept.path.startsWith(`${wanted}/`));
  if (file === undefined && below.length === 0) throw notKept(services, task, path, files.length > 0);
  if (output === undefined) {
    if (file !== undefined) return print(client, task, file, context);
    throw new PrefishError(
      'PREFISH_USAGE',
      printable(`${path} is a folder with ${below.length} ${below.length === 1 ? 'file' : 'files'}`),
      {
        hint: 'Say where it goes: --output FOLDER',
      },
    );
  }
  const to = resolve(cwd, output);
  const targets =
    file !== undefined
      ? [{ file, to }]
      : below.map((kept) => ({ file: kept, to: join(to, kept.path.slice(wanted.length + 1)) }));
  for (const target of targets) await refuseToOverwrite(target.to);
  for (const target of targets) await save(client, task, target, signal);
  const size = targets.reduce((sum, target) => sum + target.file.size, 0);
  const what =
    file === undefined
      ? `${targets.length} ${targets.length === 1 ? 'file' : 'files'} of ${printable(wanted)}`
      : printable(wanted);
  const message = `${what} → ${printable(output)} (${formatBytes(size)})`;
  return { type: 'ok', message, data: { written: targets.map((target) => target.to) } };
}

function listed({ number }: Task, files: readonly KeptFile[]): string {
  if (files.length === 0) return `No file was kept of task ${number}: & --keep PATH keeps some.`;
  return files.map(({ path, size }) => `${formatBytes(size).padStart(10)}  ${printable(path)}`).join('\n');
}

async function print(
  client: ServerClient,
  task: Task,
  file: KeptFile,
  { out, terminal, signal }: RunContext,
): Promise<Outcome> {
  const { path } = file;
  const decoder = new TextDecoder();
  for await (const chunk of asTold(file, await client.file(task.id, path, signal))) {
    if (terminal !== undefined && chunk.includes(0)) {
      throw new PrefishError('PREFISH_USAGE', printable(`${path} is no text`), {
        hint: 'Say where it goes: --output FILE',
      });
    }
    if (out.bytes === undefined || terminal !== undefined) out.write(decoder.decode(chunk, { stream: true }));
    else out.bytes(chunk);
    await out.drain();
  }
  return { type: 'ok' };
}

async function save(
  client: ServerClient,
  task: Task,
  { file, to }: { readonly file: KeptFile; readonly to: string },
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const target = await open(to, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? inTheWay(to, error) : error;
  });
  try {
    const bytes = asTold(file, await client.file(task.id, file.path, signal));
    await pipeline(bytes, target.createWriteStream(), { signal });
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  } finally {
    await target.close();
  }
}

/** The bytes of a file, as many as the server told: more would fill the disk, fewer are not the file. */
async function* asTold(
  { path, size }: KeptFile,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let came = 0;
  for await (const chunk of bytes) {
    came += chunk.length;
    if (came > size) break;
    yield chunk;
  }
  if (came === size) return;
  const sent = came > size ? 'more' : 'less';
  throw new PrefishError(
    'PREFISH_SERVER_ANSWER',
    printable(`The server sends ${sent} of ${path} than the ${formatBytes(size)} that it has`),
  );
}

/** Whether a path leads nowhere but below the folder that it is joined to: a server says it. */
function isBelow(path: string): boolean {
  return !isAbsolute(path) && !path.split(/[/\\]/).includes('..');
}

async function refuseToOverwrite(path: string): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) !== undefined) throw inTheWay(path);
}

function inTheWay(path: string, cause?: unknown): PrefishError {
  return new PrefishError('PREFISH_FILE_EXISTS', printable(`${path} is there already; nothing was written`), {
    hint: 'Give another --output, or move it away.',
    cause,
  });
}

function notKept(services: Services, task: Task, path: string, isAnyKept: boolean): PrefishError {
  const { number } = task;
  return new PrefishError('PREFISH_FILE_NOT_KEPT', printable(`No file ${path} was kept of task ${number}`), {
    hint: isAnyKept
      ? `prefish tasks get ${referenceTo(services, task)} lists what was.`
      : 'Nothing was: & --keep PATH keeps an ignored file or folder.',
  });
}
