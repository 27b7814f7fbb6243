import type { ArgsSpec, Outcome } from '@prefish/core';

/** Every listing takes `--json`. Outside the shell the command line prints the data itself. */
export const jsonOption: { readonly json: ArgsSpec[string] & { readonly type: 'boolean' } } = {
  json: { type: 'boolean', summary: 'As JSON' },
};

/** An outcome with data for programs and text for people, who see the data when they asked for JSON. */
export function reply(
  values: Readonly<Record<string, unknown>>,
  data: unknown,
  text: () => string,
): Extract<Outcome, { type: 'ok' }> {
  return { type: 'ok', data, message: values['json'] === true ? JSON.stringify(data, null, 2) : text() };
}
