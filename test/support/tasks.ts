import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event, Task } from '@prefish/protocol';
import type { RunOptions, SandboxHome } from './sandbox-home.ts';

/** Submits a line with `&` and resolves with the id of its task. */
export async function submit(home: SandboxHome, line: string, options: RunOptions = {}): Promise<string> {
  const run = await home.prefish(['--json', '-c', `& ${line}`], options);
  const [first] = run.events();
  if (first?.type !== 'state' || first.task === undefined)
    throw new Error(`no task from ${line}: ${run.stdout}${run.stderr}`);
  return first.task;
}

/** Waits for a task to end and resolves with it. */
export async function finished(home: SandboxHome, id: string): Promise<Task> {
  const run = await home.prefish(['tasks', 'wait', id, '--timeout', '60', '--json']);
  const [task] = run.json<Task[]>();
  if (task === undefined) throw new Error(`${id} is not there: ${run.stdout}${run.stderr}`);
  return task;
}

/** A task as it is now. */
export async function show(home: SandboxHome, id: string): Promise<Task> {
  return (await home.prefish(['tasks', 'show', id, '--json'])).json<Task>();
}

/** Every event of a task. */
export async function transcript(home: SandboxHome, id: string): Promise<Event[]> {
  return (await home.prefish(['tasks', 'logs', id, '--json'])).events();
}

/** What a task wrote to its standard output. */
export async function outputOf(home: SandboxHome, id: string): Promise<string> {
  return (await transcript(home, id))
    .map((event) => (event.type === 'output' && event.stream === 'stdout' ? event.text : ''))
    .join('');
}

/** Every path below a folder with its kind, mode and content: equal before and after when nothing changed. */
export async function fingerprint(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    const stat = await lstat(path);
    const content = stat.isSymbolicLink()
      ? `-> ${await readlink(path)}`
      : stat.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : '';
    found[name] = `${stat.mode.toString(8)} ${content}`;
  }
  return found;
}
