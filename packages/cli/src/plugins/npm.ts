import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorMessage, PrefishError } from '@prefish/protocol';

const run = promisify(execFile);

/** Where and as whom npm runs. */
export interface NpmOptions {
  readonly cwd: string;
  /** The session's variables: its PATH says which npm. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs the user's npm, without the scripts of any package; resolves with its standard output.
 *
 * @throws PREFISH_PLUGIN_INSTALL with what npm said; PREFISH_INTERRUPTED
 */
export async function npm(args: readonly string[], { cwd, env, signal }: NpmOptions): Promise<string> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  try {
    const { stdout } = await run('npm', [...args, ...quiet], {
      cwd,
      env,
      signal,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (cause) {
    if (signal.aborted) throw new PrefishError('PREFISH_INTERRUPTED', 'Interrupted', { cause });
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new PrefishError('PREFISH_PLUGIN_INSTALL', 'npm was not found on PATH', {
        cause,
        hint: 'npm comes with Node: install Node, or put its folder on PATH.',
      });
    }
    throw new PrefishError('PREFISH_PLUGIN_INSTALL', `npm ${args[0]} failed: ${complaint(cause)}`, { cause });
  }
}

/** Installs what the manifest in `cwd` asks for. Peers are not: prefish itself provides them. */
export async function npmInstall(options: NpmOptions): Promise<void> {
  await npm(['install', '--legacy-peer-deps'], options);
}

/** What npm says of an error, without its prefixes and its advice on log files. */
function complaint(cause: unknown): string {
  const lines = ((cause as { stderr?: string }).stderr ?? '')
    .split('\n')
    .map((line) => /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1] ?? '')
    .filter((line) => line !== '' && !/^(?:code|A complete log|errno|syscall)\b|_logs/.test(line));
  return lines.slice(0, 3).join(' ') || errorMessage(cause).split('\n', 1)[0]!;
}
