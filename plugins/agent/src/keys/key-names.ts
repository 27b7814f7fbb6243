import { PrefishError } from '@prefish/core';
import { baseUrl } from '../credentials/base-url.ts';
import {
  credentialVariable,
  credentialVariables,
  shortNames,
  type CredentialVariable,
} from '../credentials/variables.ts';

/** The longest value that a key may have, in characters: the longest of the kinds known have some thousand. */
const longestValue = 16_384;

/** @throws PREFISH_KEY_INVALID listing the known ones */
export function keyNamed(name: string): CredentialVariable {
  const variable = credentialVariable(name);
  if (variable !== undefined) return variable;
  // Whoever has mistaken the order of the words has just typed a secret: it is not said again.
  const shown = /^[A-Za-z_]{1,40}$/.test(name) ? `“${name}”` : 'That';
  throw new PrefishError('PREFISH_KEY_INVALID', `${shown} is no name of a key`, {
    hint: `There are ${[...Object.keys(shortNames), ...credentialVariables.map((known) => known.name)].join(', ')}.`,
  });
}

/**
 * The value as it is kept and shown to an API.
 *
 * @throws PREFISH_KEY_INVALID, which does not tell the value
 */
export function keyValue({ name, header }: CredentialVariable, typed: string): string {
  const value = typed.trim();
  const invalid = (why: string): PrefishError =>
    new PrefishError('PREFISH_KEY_INVALID', `The value for ${name} ${why}`);
  if (value === '') throw invalid('is empty');
  if (value.length > longestValue) throw invalid('is too long for a key');
  if (!/^[\x21-\x7e]+$/.test(value)) throw invalid('holds spaces, or what is no printable ASCII character');
  if (header === undefined) baseUrl(value, name);
  return value;
}
