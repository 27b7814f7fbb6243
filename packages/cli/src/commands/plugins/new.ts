import type { Outcome, RunContext } from '@prefish/core';
import { createPlugin, nextSteps } from 'create-prefish-plugin';

/**
 * Makes a plugin from the template, with a token that nothing in this shell has.
 *
 * @throws PREFISH_USAGE, PREFISH_SCAFFOLD_EXISTS
 */
export async function newPlugin(
  name: string,
  { token, dir, packed }: { readonly [option in 'token' | 'dir' | 'packed']?: string | undefined },
  { cwd, shell }: RunContext,
): Promise<Outcome> {
  const made = await createPlugin({ name, cwd, token, dir, packed, taken: shell.prefixes });
  return { type: 'ok', message: nextSteps(made, cwd), data: made };
}
