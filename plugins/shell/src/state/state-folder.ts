import { existsSync, mkdtempSync, readFileSync, rmSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { quote, type Dialect, type ShellLine } from '../dialects/dialect.ts';
import { parseStateDump, type StateDump } from './state-dump.ts';

/** A line made ready to run with the state of the line before. */
export interface PreparedLine {
  readonly args: readonly string[];
  /** Where the shell writes its state when it ends; nowhere in particular for a last line. */
  readonly dump: string;
  /** Takes over what the shell left, once it has ended; nothing when it died, or became another program. */
  collect(): StateDump | undefined;
}

/** Linux passes no argument of 128 KiB or more (MAX_ARG_STRLEN, execve(2)). Quoting can make a line longer. */
const longestLine = 16 * 1024;

/**
 * A private temporary folder through which shells hand their state on. The calls are synchronous:
 * a few small files cost less than a turn of the event loop.
 */
export class StateFolder {
  #path: string | undefined;
  #dialect: Dialect | undefined;
  #options = '';
  #script: Uint8Array | undefined;

  /** @param status What `$?` is for the line: the exit code of the line before. */
  prepare(dialect: Dialect, line: string, id: string, status = 0): PreparedLine {
    if (dialect !== this.#dialect) this.#forget(dialect);
    const folder = this.#folder();
    const dump = join(folder, id);
    const restore = this.#script === undefined ? undefined : join(folder, 'state');
    const args = dialect.args(this.#line(line, dump, status), { restore, options: this.#options, dump });
    return { args, dump, collect: () => this.#collect(dump) };
  }

  /** As {@link prepare}, for a line that none follows: what it leaves is not written down. */
  prepareLast(dialect: Dialect, line: string, id: string, status = 0): PreparedLine {
    // A long one goes through a file.
    if (line.length > longestLine / 2) return this.prepare(dialect, line, id, status);
    if (dialect !== this.#dialect) this.#forget(dialect);
    const restore = this.#script === undefined ? undefined : join(this.#folder(), 'state');
    const files = { restore, options: this.#options, dump: undefined };
    const args = dialect.args(this.#line(line, devNull, status), files);
    return { args, dump: devNull, collect: () => undefined };
  }

  /** Makes a shell ready to read the user's rc file: the next line begins as that ends. Nothing where it could not. */
  prepareRc(dialect: Dialect, id: string): PreparedLine | undefined {
    if (dialect.rc === undefined) return undefined;
    if (dialect !== this.#dialect) this.#forget(dialect);
    const dump = join(this.#folder(), id);
    return { args: dialect.rc.args(dump), dump, collect: () => this.#collect(dump) };
  }

  /**
   * Makes a line ready to run apart from the others, in a folder of its own: it begins as the next line
   * would, and what it leaves is nobody's.
   *
   * @returns its arguments, and where the shell writes its state when it ends
   */
  prepareApart(dialect: Dialect, line: string, folder: string): { args: readonly string[]; dump: string } {
    if (dialect !== this.#dialect) this.#forget(dialect);
    const dump = join(folder, 'dump');
    const restore = this.#script === undefined ? undefined : join(folder, 'state');
    if (restore !== undefined) writeFileSync(restore, this.#script!, { mode: 0o600 });
    const args = dialect.args(this.#line(line, dump, 0), { restore, options: this.#options, dump });
    return { args, dump };
  }

  /** The names of the variables that are kept and not exported. */
  get variables(): readonly string[] {
    const script = Buffer.from(this.#script ?? []).toString('latin1');
    return Array.from(script.matchAll(/^(?:declare|typeset) (?:-\S+ )*(\w+)/gm), ([, name]) => name!);
  }

  /** Leaves the folder to shells that go on with it. */
  leave(): void {
    this.#path = undefined;
  }

  remove(): void {
    if (this.#path !== undefined) removeFolder(this.#path);
    this.#path = undefined;
    this.#forget(undefined);
  }

  /** The folder with the state in it. It may have been cleaned away under a shell that was idle for days. */
  #folder(): string {
    if (this.#path !== undefined && existsSync(this.#path)) return this.#path;
    this.#path = mkdtempSync(join(tmpdir(), 'prefish-shell-'));
    this.#writeScript();
    return this.#path;
  }

  #writeScript(): void {
    if (this.#path === undefined || this.#script === undefined) return;
    writeFileSync(join(this.#path, 'state'), this.#script, { mode: 0o600 });
  }

  #line(text: string, dump: string, status: number): ShellLine {
    return {
      text,
      command(options = '', end = '') {
        const line = text + end;
        // Where an error ends the shell, this one would; where each command is printed, it would be.
        const isShown = status !== 0 && !/errexit|xtrace/.test(options);
        const first = isShown ? `${options}(exit ${status}); ` : options;
        if (line.length > longestLine) {
          writeFileSync(`${dump}.line`, line, { mode: 0o600 });
          return `${first}. ${quote(`${dump}.line`)}`;
        }
        // Where each command is printed, eval would be.
        if (/xtrace|verbose/.test(options)) return `eval ${quote(` ${options}${line}`)}`;
        // Of a mistake the shell shows all that eval was given. The space keeps `-` from beginning an option of it.
        return `${first}eval ${quote(line.replace(/^-/, ' -'))}`;
      },
    };
  }

  #collect(dump: string): StateDump | undefined {
    let bytes: Buffer;
    try {
      bytes = readFileSync(dump);
    } catch {
      return undefined;
    } finally {
      for (const file of [dump, `${dump}.names`, `${dump}.line`]) removeFile(file);
    }
    const state = parseStateDump(bytes);
    if (state === undefined || this.#path === undefined) return undefined;
    this.#options = state.options;
    if (state.script.length > 0 && !(this.#script && Buffer.compare(this.#script, state.script) === 0)) {
      this.#script = state.script;
      this.#writeScript();
    }
    return state;
  }

  #forget(dialect: Dialect | undefined): void {
    this.#dialect = dialect;
    this.#options = '';
    this.#script = undefined;
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Removes the folder. Its usual content by name: a recursive removal costs a millisecond to get going. */
function removeFolder(path: string): void {
  try {
    removeFile(join(path, 'state'));
    rmdirSync(path);
  } catch {
    rmSync(path, { recursive: true, force: true });
  }
}
