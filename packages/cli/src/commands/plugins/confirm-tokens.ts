import type { RunContext } from '@prefish/core';
import { sanitizeLabel } from '@prefish/screen';
import type { StagedPlugin } from '../../plugins/stage-plugin.ts';
import { collisions, type TriedPlugin } from '../../plugins/try-plugin.ts';

/**
 * Asks once more where a plugin turns out to take a token that is somebody else's, and its manifest has not
 * said so: then neither would get it. Resolves with whether it may.
 *
 * @throws PREFISH_NO_TTY where nobody is there
 */
export async function confirmTokens(
  { name, prefixes = [] }: StagedPlugin,
  tried: TriedPlugin,
  { ask, out, shell }: Pick<RunContext, 'ask' | 'out' | 'shell'>,
): Promise<boolean> {
  const declared = new Set(prefixes.map(({ id, token }) => `${token} ${id}`));
  const undeclared = Object.entries(tried.tokens)
    .flatMap(([id, tokens]) => tokens.map((token) => ({ id, token })))
    .filter(({ id, token }) => !declared.has(`${token} ${id}`));
  const taken = collisions(undeclared, shell, tried.name);
  if (taken.length === 0) return true;
  for (const { id, token, owner } of taken) {
    const what = token === '' ? 'plain text' : token;
    out.line(
      sanitizeLabel(`${name} has ${what} ("${id}"), which its package.json does not say: ${owner} has it`),
    );
  }
  return ask.confirm('Neither of the two will get it. Go on all the same?', { default: false });
}

/** `> (notes), ^ (loud)`. */
export function showTokens({ tokens }: Pick<TriedPlugin, 'tokens'>): string {
  return sanitizeLabel(
    Object.entries(tokens)
      .map(([id, all]) => `${all.map((token) => token || 'plain text').join(' ')} (${id})`)
      .join(', '),
  );
}
