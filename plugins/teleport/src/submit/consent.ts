import type { Luggage, RunContext } from '@prefish/core';
import { isPrefishError, PrefishError } from '@prefish/protocol';
import { splitNul } from '../git/git.ts';
import { displayPath } from '../git/raw-path.ts';
import type { Server } from '../server.ts';
import { printable } from '../snapshot/describe-snapshot.ts';
import type { Shadow } from '../snapshot/shadow.ts';
import { emptyTree } from '../snapshot/snapshot-details.ts';
import type { WorkTree } from '../snapshot/work-tree.ts';
import { looksSecret } from './secret-names.ts';
import type { Asked } from './submit-options.ts';

/**
 * Refuses what a server does not offer for where it is: to another machine nothing goes by path, and on this one
 * nothing has to be installed.
 *
 * @throws PREFISH_USAGE
 */
export function refuseUnsupported(
  { carry, setup }: Pick<Asked, 'carry' | 'setup'>,
  { place, elsewhere }: Pick<Server, 'place' | 'elsewhere'>,
): void {
  if (elsewhere && carry.length > 0) {
    throw new PrefishError(
      'PREFISH_USAGE',
      `--carry: ignored paths do not go to ${place}; nothing was sent`,
      {
        hint: 'Only what git does not ignore goes to another machine. Dependencies are installed there.',
      },
    );
  }
  if (!elsewhere && setup !== undefined) {
    throw new PrefishError('PREFISH_USAGE', `--setup: nothing is installed on ${place}; nothing was sent`, {
      hint: 'What is installed here goes along. --server URL names another machine.',
    });
  }
}

/**
 * Asks, once a server, whether leave to use models may go there: it can then spend it.
 *
 * @returns whether the line may go
 * @throws PREFISH_NO_TTY where nobody can be asked
 */
export async function consentToModels(
  { models = [] }: Luggage,
  { models: consent, place }: Pick<Server, 'models' | 'place'>,
  context: Pick<RunContext, 'ask'>,
): Promise<boolean> {
  if (models.length === 0 || consent === undefined || (await consent.isAllowed())) return true;
  const hosts = models.map(({ url }) => new URL(url).host).join(', ');
  const what = `The credential for ${hosts} goes along to ${place}, which can use it while the line runs`;
  const isAgreed = await confirm(
    what,
    'Send it there, now and later?',
    'It is asked once a server.',
    context,
  );
  if (isAgreed) await consent.allow();
  return isAgreed;
}

/**
 * Asks, each time, whether files that look like secrets and were never committed may go to another machine.
 *
 * @returns whether the line may go
 * @throws PREFISH_NO_TTY where nobody can be asked
 */
export async function consentToSecrets(
  shadow: Shadow,
  tree: Pick<WorkTree, 'commit'>,
  commit: string,
  { place }: Pick<Server, 'place'>,
  context: Pick<RunContext, 'ask' | 'signal'>,
): Promise<boolean> {
  const added = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=A'];
  const { stdout } = await shadow.git([...added, tree.commit ?? emptyTree, commit], {
    signal: context.signal,
  });
  const secrets = splitNul(stdout).filter(looksSecret).map(displayPath);
  if (secrets.length === 0) return true;
  const more = secrets.length > 5 ? ` and ${secrets.length - 5} more` : '';
  const one = secrets.length === 1;
  const what = `${secrets.slice(0, 5).join(', ')}${more} ${one ? 'looks' : 'look'} like ${one ? 'a secret' : 'secrets'} and would go to ${place}`;
  const hint = `A line in .gitignore keeps ${one ? 'it' : 'them'} here.`;
  return confirm(what, `Send ${one ? 'it' : 'them'}?`, hint, context);
}

async function confirm(
  what: string,
  question: string,
  hint: string,
  { ask }: Pick<RunContext, 'ask'>,
): Promise<boolean> {
  try {
    return await ask.confirm(printable(`${what}. ${question}`), { default: true });
  } catch (cause) {
    if (!isPrefishError(cause) || cause.code !== 'PREFISH_NO_TTY') throw cause;
    throw new PrefishError('PREFISH_NO_TTY', printable(`${what}; nothing was sent`), {
      hint: `prefish --yes sends all the same. ${hint}`,
      cause,
    });
  }
}
