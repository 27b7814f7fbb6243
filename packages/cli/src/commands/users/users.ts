import { existsSync } from 'node:fs';
import type { Outcome } from '@prefish/core';
import { PrefishError, formatBytes, type TokenScope } from '@prefish/protocol';
import {
  Accounts,
  accountsPath,
  accountUse,
  type AccountUse,
  type AuditEntry,
  type ListedAccount,
  type LoginCode,
} from '@prefish/server';
import { sanitizeLabel } from '@prefish/screen';
import type { Folders } from '../../folders.ts';
import { makeServeFolder, notedUrl, serveFolder } from '../serve/data-folder.ts';
import { dateOf, timeOf } from '../shown-time.ts';

/** Which server’s accounts. */
export interface UsersPlace {
  /** `--data`, relative to `cwd`. */
  readonly data?: string;
  readonly cwd: string;
}

/** Adds an account, or lets one in again. @throws PREFISH_ACCOUNT_INVALID, PREFISH_USAGE */
export async function addUser(
  folders: Folders,
  place: UsersPlace,
  name: string,
  asked: string = 'tasks',
): Promise<Outcome> {
  const scope = checkedScope(asked);
  const code = await using(folders, place, (accounts) => accounts.add(name, scope), true);
  const says = scope === 'read' ? `${name} may look at this server now.` : `${name} may use this server now.`;
  return invitation(folders, place, name, code, says);
}

/** A code for another login. @throws PREFISH_ACCOUNT_NOT_FOUND, PREFISH_USAGE */
export async function codeForUser(
  folders: Folders,
  place: UsersPlace,
  name: string,
  asked: string = 'tasks',
): Promise<Outcome> {
  const scope = checkedScope(asked);
  const code = await using(folders, place, (accounts) => accounts.issueCode(name, scope));
  const says = scope === 'read' ? `A login of ${name} that only looks.` : `Another login of ${name}.`;
  return invitation(folders, place, name, code, says);
}

/**
 * A token, and nothing beside it, for a program that cannot type a code: what reads the metrics.
 *
 * @throws PREFISH_ACCOUNT_NOT_FOUND, PREFISH_USAGE
 */
export async function tokenForUser(
  folders: Folders,
  place: UsersPlace,
  name: string,
  asked: string = 'read',
): Promise<Outcome> {
  const scope = checkedScope(asked);
  const { id, secret } = await using(folders, place, (accounts) =>
    accounts.issueToken(name, scope, 'prefish users token'),
  );
  return { type: 'ok', message: secret, data: { name, scope, id, token: secret } };
}

/** Lets an account in no more; one that was revoked before stays so. @throws PREFISH_ACCOUNT_NOT_FOUND */
export async function revokeUser(folders: Folders, place: UsersPlace, name: string): Promise<Outcome> {
  const wasRevoked = await using(folders, place, async (accounts) => {
    const known = (await accounts.list()).find((account) => account.name === name);
    if (known?.revokedAt !== undefined) return true;
    await accounts.revoke(name);
    return false;
  });
  const { tasks = 0 } = await accountUse(serveFolder(folders, place.data, place.cwd), name);
  const said = wasRevoked ? 'was revoked before' : 'may not use this server any more';
  const left =
    tasks === 1 ? '1 unfinished task is kept and goes' : `${tasks} unfinished tasks are kept and go`;
  const message = [
    `${name} ${said}; prefish users add ${name} lets ${name} in again.`,
    ...(tasks === 0 ? [] : [`  ${left} on: prefish users ls counts them.`]),
  ].join('\n');
  return { type: 'ok', message, data: { name, revoked: true } };
}

/** The accounts, and what they are logged in with. @throws PREFISH_FOLDER_UNUSABLE where no server has any */
export async function listUsers(folders: Folders, place: UsersPlace): Promise<Outcome> {
  const listed = await using(folders, place, (accounts) => accounts.list());
  const folder = serveFolder(folders, place.data, place.cwd);
  const users = await Promise.all(
    listed.map(async (user) => ({ ...user, use: await accountUse(folder, user.name) })),
  );
  const message =
    users.length === 0 ? `There are no accounts; ${adding(folder, place)} adds one.` : rows(users);
  return { type: 'ok', message, data: { users } };
}

/** What was done, by all or by one account. @throws PREFISH_ACCOUNT_NOT_FOUND, PREFISH_USAGE */
export async function showAudit(
  folders: Folders,
  place: UsersPlace,
  account: string | undefined,
  limit: string = '100',
): Promise<Outcome> {
  if (!/^[1-9]\d{0,6}$/.test(limit)) {
    throw new PrefishError('PREFISH_USAGE', `--limit takes a number from 1 on, not “${limit}”`);
  }
  const entries = await using(folders, place, async (accounts) => {
    if (account !== undefined) await accounts.checkKnown(account);
    return accounts.audit({ account, limit: Number(limit) });
  });
  const message = entries.length === 0 ? 'Nothing was done yet.' : entries.map(auditRow).join('\n');
  return { type: 'ok', message, data: { entries } };
}

async function using<T>(
  folders: Folders,
  place: UsersPlace,
  job: (accounts: Accounts) => Promise<T>,
  isNewAllowed = false,
): Promise<T> {
  const folder = serveFolder(folders, place.data, place.cwd);
  const path = accountsPath(folder);
  if (isNewAllowed) makeServeFolder(folder);
  else if (!existsSync(path)) {
    throw new PrefishError('PREFISH_FOLDER_UNUSABLE', `No server has accounts in ${folder}`, {
      hint: `${adding(folder, place)} adds the first; --data DIR names the folder of another server.`,
    });
  }
  const accounts = new Accounts(path);
  try {
    return await job(accounts);
  } finally {
    await accounts.close();
  }
}

/** The command that adds an account to the same server. */
function adding(folder: string, { data }: UsersPlace): string {
  return `prefish users add NAME${data === undefined ? '' : ` --data ${folder}`}`;
}

function invitation(
  folders: Folders,
  { data, cwd }: UsersPlace,
  name: string,
  { code, expiresAt }: LoginCode,
  says: string,
): Outcome {
  const folder = serveFolder(folders, data, cwd);
  const url = notedUrl(folder);
  const login = `prefish login ${url ?? 'URL'}`;
  const lines = [
    says,
    '',
    `  ${login}`,
    `  code: ${code}`,
    '',
    `The code works once, until ${timeOf(expiresAt)}; a browser takes it too.`,
    ...(url === undefined
      ? [`URL is where clients find the server; prefish serve has not run yet in ${folder}.`]
      : []),
  ];
  return {
    type: 'ok',
    message: lines.join('\n'),
    data: { name, code, expiresAt, login, ...(url !== undefined && { url }) },
  };
}

function rows(users: readonly (ListedAccount & { readonly use: AccountUse })[]): string {
  return users
    .flatMap(({ name, addedAt, revokedAt, tokens, use: { tasks, disk } }) => [
      [
        `${name}  ${revokedAt === undefined ? `since ${dateOf(addedAt)}` : `revoked ${dateOf(revokedAt)}`}`,
        ...(tasks === undefined ? [] : [`${tasks} unfinished ${tasks === 1 ? 'task' : 'tasks'}`]),
        formatBytes(disk),
      ].join(' · '),
      ...tokens.map(
        ({ device, scope, lastUsedAt }) =>
          `  ${sanitizeLabel(device)}${scope === 'read' ? ', only looks' : ''}, last used ${dateOf(lastUsedAt)} ${timeOf(lastUsedAt)}`,
      ),
    ])
    .join('\n');
}

function auditRow({ at, action, account, token, task, repo, address, detail }: AuditEntry): string {
  const parts = [
    account,
    task,
    ...(repo === undefined ? [] : [`repository ${repo}`]),
    ...(token === undefined ? [] : [`token ${token}`]),
    ...(address === undefined ? [] : [`from ${address}`]),
    detail,
  ];
  // Devices name themselves.
  const said = parts.filter((part) => part !== undefined).map((part) => sanitizeLabel(part));
  return [at, action, ...said].join('  ');
}

function checkedScope(text: string): TokenScope {
  if (text === 'tasks' || text === 'read') return text;
  throw new PrefishError('PREFISH_USAGE', `--scope takes tasks or read, not “${text}”`);
}
