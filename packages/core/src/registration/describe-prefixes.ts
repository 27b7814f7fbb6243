import type { PrefixInfo } from '../prefix.ts';

type Declared = Omit<PrefixInfo, 'plugin'>;

/** What is known about prefixes, once for each token that they have. */
export function describePrefixes(
  registered: readonly { readonly declared: Declared; readonly plugin: string }[],
  tokensOf: (declared: Declared) => readonly string[],
): PrefixInfo[] {
  const renamed = new Map(registered.map(({ declared }) => [declared.token, tokensOf(declared)[0] ?? '']));
  return registered.flatMap(({ declared, plugin }) =>
    tokensOf(declared).map((token) => {
      const own = { asked: declared.token, token };
      const examples = declared.examples.map((example) => currentExample(example, own, renamed));
      return { ...declared, token, plugin, examples };
    }),
  );
}

/**
 * An example of a prefix with the tokens of today: its own in place of the one that it was written with,
 * and behind that (`& !npm test`) those of others.
 *
 * @param renamed tokens that prefixes ask for, with those that they have
 */
function currentExample(
  example: string,
  own: { readonly asked: string; readonly token: string },
  renamed: ReadonlyMap<string, string>,
): string {
  if (!example.startsWith(own.asked)) return example;
  const body = example.slice(own.asked.length);
  if (own.asked === '') return own.token === '' ? example : begin(own.token, example);
  const [, options, line] = /^(\s?(?:--\S+ )*)(.*)$/s.exec(body)!;
  const asked = [...renamed.keys()]
    .filter((token) => token !== '' && line!.startsWith(token) && renamed.get(token) !== '')
    .toSorted((a, b) => b.length - a.length)[0];
  const inner = asked === undefined ? line! : begin(renamed.get(asked)!, line!.slice(asked.length));
  return own.token === own.asked ? own.asked + options! + inner : begin(own.token, options! + inner);
}

/** A word and what follows would run into each other without a space. */
function begin(token: string, rest: string): string {
  return /\w$/.test(token) && /^\w/.test(rest) ? `${token} ${rest}` : token + rest;
}
