/** Letters that nobody takes for another one when they are read out: RFC 4648 base 32 without I, L, O and U, as Crockford has it. */
export const loginCodeLetters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** How a code to log in with is written: so many groups of so many letters, with a `-` between them. */
export const loginCodeGroups: { readonly count: number; readonly length: number } = { count: 4, length: 5 };

/** A code as it was meant, however it was typed; `undefined` for what cannot be one. */
export function plainLoginCode(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const { count, length } = loginCodeGroups;
  const isCode =
    plain.length === count * length && [...plain].every((letter) => loginCodeLetters.includes(letter));
  return isCode ? plain : undefined;
}
