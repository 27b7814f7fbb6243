import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '@prefish/durable';
import { readJsonLines } from './json-lines.ts';

/** A conversation that an agent keeps, as prefish remembers it. */
export interface SessionRecord {
  /** The agent's own id of it. */
  readonly id: string;
  /** The agent's id, as {@link AgentSpec} has it. */
  readonly agent: string;
  /** The top folder of the project. */
  readonly project: string;
  /** The folder in which it began. */
  readonly cwd: string;
  /** The beginning of its first message. */
  readonly title: string;
  /** When it was begun or continued last, ISO 8601. */
  readonly at: string;
}

/** So many conversations are remembered. */
const mostRecords = 1000;

/** The conversations of this user, one a line, the newest last. Losing the file loses no conversation, only where to find it. */
export class SessionRecords {
  readonly #file: string;

  /** @param folder where the file is */
  constructor(folder: string) {
    this.#file = join(folder, 'sessions.jsonl');
  }

  async add(record: SessionRecord): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const known = await this.#read();
    const line = `${JSON.stringify(record)}\n`;
    if (known.length < mostRecords * 2) return appendFile(this.#file, line, { mode: 0o600 });
    const kept = known.slice(-mostRecords).map((each) => `${JSON.stringify(each)}\n`);
    await replaceFile(this.#file, [...kept, line].join(''), { mode: 0o600 });
  }

  /** The last conversation of a project. */
  async last(project: string): Promise<SessionRecord | undefined> {
    return (await this.#read()).findLast((record) => record.project === project);
  }

  /** The conversations whose ids begin like this; the newest record of each. */
  async find(idPrefix: string): Promise<readonly SessionRecord[]> {
    const matching = (await this.#read()).filter(({ id }) => id.startsWith(idPrefix));
    return [...new Map(matching.map((record) => [record.id, record])).values()];
  }

  #read(): Promise<SessionRecord[]> {
    return readJsonLines(this.#file, (value) => {
      const record = value as SessionRecord;
      return typeof record?.id === 'string' ? record : undefined;
    });
  }
}

/** The top folder of the repository that `folder` is in, or `folder` itself. */
export function projectOf(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) if (existsSync(join(at, '.git'))) return at;
  return folder;
}

/** Whether a folder is the project's, or below it. */
export function isWithin(folder: string, project: string): boolean {
  return folder === project || folder.startsWith(project.endsWith('/') ? project : `${project}/`);
}
