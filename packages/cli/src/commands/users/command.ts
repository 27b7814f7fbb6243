import { defineCommand, type Command } from '@prefish/core';
import type { Folders } from '../../folders.ts';

const data = {
  data: { type: 'string', placeholder: 'DIR', summary: 'The folder of the server; as prefish serve --data' },
} as const;

const scope = {
  scope: {
    type: 'string',
    placeholder: 'tasks|read',
    summary: 'What the login may do: everything of the account, or only look; default: tasks',
  },
} as const;

/** `prefish users …`: who may use the server of `prefish serve`, run beside it. Each loads what it needs when it runs. */
export function usersCommand(folders: Folders): Command<typeof data> {
  return {
    name: 'users',
    summary: 'Say who may use the server of prefish serve',
    args: data,
    subcommands: [
      defineCommand({
        name: 'ls',
        summary: 'List the accounts, what each has on the server, and its tokens',
        args: data,
        run: list,
      }),
      defineCommand({
        name: 'add',
        summary: 'Add an account; print a code to log in with, once',
        positionals: [{ name: 'NAME' }],
        args: { ...scope, ...data },
        examples: ['prefish users add ada'],
        run: async ({ positionals, values }, { cwd }) =>
          (await import('./users.ts')).addUser(folders, { ...values, cwd }, positionals[0]!, values.scope),
      }),
      defineCommand({
        name: 'code',
        summary: 'Print another code for an account: for another machine, or a login that only looks',
        positionals: [{ name: 'NAME' }],
        args: { ...scope, ...data },
        examples: ['prefish users code ada', 'prefish users code ada --scope read'],
        run: async ({ positionals, values }, { cwd }) =>
          (await import('./users.ts')).codeForUser(
            folders,
            { ...values, cwd },
            positionals[0]!,
            values.scope,
          ),
      }),
      defineCommand({
        name: 'token',
        summary: 'Print a token of an account, for a program: the one that reads the metrics',
        positionals: [{ name: 'NAME' }],
        args: {
          scope: { ...scope.scope, summary: 'What the program may do; default: read, only look' },
          ...data,
        },
        examples: ['prefish users token monitor > /etc/prometheus/prefish.token'],
        run: async ({ positionals, values }, { cwd }) =>
          (await import('./users.ts')).tokenForUser(
            folders,
            { ...values, cwd },
            positionals[0]!,
            values.scope,
          ),
      }),
      defineCommand({
        name: 'revoke',
        summary: 'Let an account in no more, from now on; its tasks stay',
        positionals: [{ name: 'NAME' }],
        args: data,
        run: async ({ positionals, values }, { cwd }) =>
          (await import('./users.ts')).revokeUser(folders, { ...values, cwd }, positionals[0]!),
      }),
      defineCommand({
        name: 'audit',
        summary: 'Show who logged in, submitted, fetched, canceled and revoked what, the newest last',
        positionals: [{ name: 'NAME', optional: true }],
        args: {
          ...data,
          limit: { type: 'string', placeholder: 'N', summary: 'How many lines; default: 100' },
        },
        run: async ({ positionals, values }, { cwd }) =>
          (await import('./users.ts')).showAudit(folders, { ...values, cwd }, positionals[0], values.limit),
      }),
    ],
    run: list,
  };

  async function list(
    { values }: { readonly values: { readonly data?: string } },
    { cwd }: { readonly cwd: string },
  ): Promise<Awaited<ReturnType<typeof import('./users.ts').listUsers>>> {
    return (await import('./users.ts')).listUsers(folders, { ...values, cwd });
  }
}
