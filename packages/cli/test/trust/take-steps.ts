import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TrustRequest } from '../../src/trust/trust.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('steps.ts', import.meta.url));

/** What a step gave, or how it failed. */
export interface StepResult {
  readonly value?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** A project in a folder of its own, and a data folder that remembers what was said about it. */
export interface Project extends Disposable {
  readonly root: string;
  readonly data: string;
  path(name: string): string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  request(files: readonly string[], more?: Partial<TrustRequest>): TrustRequest;
  /** Takes steps in one new process; see steps.ts. */
  take(...steps: readonly (readonly [string, ...unknown[]])[]): Promise<StepResult[]>;
}

export function project(files: Readonly<Record<string, string | Uint8Array>> = {}): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'prefish-trust-')));
  const [root, data] = [join(folder, 'project'), join(folder, 'data')];
  mkdirSync(root);
  const made: Project = {
    root,
    data,
    path: (name) => join(root, name),
    write(entries) {
      for (const [name, content] of Object.entries(entries)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), content);
      }
    },
    request: (names, more) => ({
      root,
      files: names.map((name) => join(root, name)),
      effects: names.map((name) => `run ${name}`),
      ...more,
    }),
    async take(...steps) {
      const given = ['--conditions=development', program, data, JSON.stringify(steps)];
      const { stdout } = await run(process.execPath, given, { timeout: 20_000 });
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as StepResult);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
  made.write(files);
  return made;
}
