import { parseArgs } from 'node:util';
import { errorMessage, isPrefishError, PrefishError } from '@prefish/protocol';
import manifest from '../package.json' with { type: 'json' };
import { createPlugin } from './create-plugin.ts';
import { nextSteps } from './next-steps.ts';

const usage = `Usage: npm create prefish-plugin NAME [-- --token TOKEN --dir FOLDER --packed FOLDER]

  NAME      notes, prefish-plugin-notes or @me/notes
  --token   what its lines begin with; default: a free one
  --dir     where it goes; default: a folder with the package's name
  --packed  where \`npm run pack\` of prefish put its packages, to install them from there`;

/** The command: makes a plugin in the current folder. Resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help || values.version) {
    process.stdout.write(`${values.help ? usage : manifest.version}\n`);
    return 0;
  }
  const [name, extra] = positionals;
  if (name === undefined || extra !== undefined) {
    throw new PrefishError(
      'PREFISH_USAGE',
      extra === undefined ? 'NAME is missing' : `"${extra}" was not expected`,
      {
        hint: usage,
      },
    );
  }
  const cwd = process.cwd();
  const { token, dir, packed } = values;
  process.stdout.write(`${nextSteps(await createPlugin({ name, cwd, token, dir, packed }), cwd)}\n`);
  return 0;
}

const options = {
  token: { type: 'string' },
  dir: { type: 'string' },
  packed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new PrefishError('PREFISH_USAGE', errorMessage(cause), { hint: usage, cause });
  }
}

function report(error: unknown): number {
  const known = isPrefishError(error) ? error : undefined;
  process.stderr.write(
    [errorMessage(error), known?.hint].filter((line) => line !== undefined).join('\n') + '\n',
  );
  return known?.exitCode ?? 1;
}

process.exitCode = await main(process.argv.slice(2)).catch(report);
