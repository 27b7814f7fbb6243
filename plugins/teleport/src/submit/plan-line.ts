import type { ShellView, TeleportNeeds } from '@prefish/core';
import { maxLineBytes, PrefishError, type ServerInfo } from '@prefish/protocol';
import { linesWith } from './network.ts';

/** A line that may be teleported: the prefix it begins with, and what follows the token. */
export interface PlannedLine {
  /** As it was typed. */
  readonly text: string;
  readonly prefix: string;
  /** `''` for plain text. */
  readonly token: string;
  /** What follows the token, as `run` of the prefix gets it. */
  readonly body: string;
  /** Whose prefix it is. */
  readonly plugin: string;
  /** What it needs inside a task. */
  readonly needs: TeleportNeeds;
}

/**
 * Decides whether a line can run in a task, from what this shell knows.
 *
 * @throws PREFISH_USAGE for an empty line or one that is too long, PREFISH_NO_OWNER for one that no prefix takes,
 * PREFISH_TELEPORT_NESTED, PREFISH_PREFIX_UNSUPPORTED; why the line would be refused here
 */
export function planLine(line: string, view: Pick<ShellView, 'explain' | 'prefixes'>): PlannedLine {
  if (line.trim() === '') {
    throw new PrefishError('PREFISH_USAGE', 'There is no line after &', { hint: 'Try `& !npm test`.' });
  }
  if (Buffer.byteLength(line) > maxLineBytes) {
    throw new PrefishError(
      'PREFISH_USAGE',
      `The line has ${Buffer.byteLength(line)} bytes, a task's at most ${maxLineBytes}; nothing was sent`,
      { hint: 'Put it into a file of the work tree, and let the line run that.' },
    );
  }
  const { prefix, command, refused, body, args } = view.explain(line);
  if (command !== undefined) {
    throw new PrefishError(
      'PREFISH_PREFIX_UNSUPPORTED',
      `/${command.name} is a command of the shell: it does not run in a task`,
    );
  }
  if (prefix === undefined && (refused === undefined || isUnowned(refused))) {
    throw new PrefishError(
      'PREFISH_NO_OWNER',
      `“${line}” is for an agent, and no agent is there yet; nothing was sent`,
      {
        hint: `To run it as a command: & !${line}`,
      },
    );
  }
  if (refused !== undefined) throw refused;
  const info = view.prefixes.find((known) => known.id === prefix?.id && known.token === prefix.token);
  if (info === undefined) {
    throw new PrefishError('PREFISH_PREFIX_UNAVAILABLE', `No prefix takes “${line}”; nothing was sent`);
  }
  const { id, token, plugin, teleport } = info;
  if (id === 'teleport') {
    throw new PrefishError('PREFISH_TELEPORT_NESTED', 'A task does not start tasks', {
      hint: `Leave one ${token} out.`,
    });
  }
  if (teleport === false) {
    throw new PrefishError(
      'PREFISH_PREFIX_UNSUPPORTED',
      `${linesWith(token)} run here only; nothing was sent`,
      token === '' ? { hint: `To run it as a command: & !${line}` } : {},
    );
  }
  return { text: line, prefix: id, token, body: args?.body ?? body, plugin, needs: teleport };
}

/** What its prefix calls a task of this line. */
export function titleOf({ needs, body }: PlannedLine): string | undefined {
  return needs.label?.(body);
}

/**
 * The line as the server's prefish takes it: a prefix may have another token there.
 *
 * @throws PREFISH_PREFIX_UNSUPPORTED
 */
export function lineForServer(line: PlannedLine, info: Pick<ServerInfo, 'prefixes' | 'place'>): string {
  const known = info.prefixes.filter((prefix) => prefix.id === line.prefix);
  const prefix = known.find((candidate) => candidate.token === line.token) ?? known[0];
  if (prefix === undefined) {
    throw new PrefishError(
      'PREFISH_PREFIX_UNSUPPORTED',
      `${info.place} has no plugin for ${line.token === '' ? 'plain text' : line.token} (${line.prefix}); nothing was sent`,
      {
        hint: `It takes ${info.prefixes
          .map(({ token }) => token)
          .filter((token) => token !== '')
          .join(' ')}. For a plugin of yours: prefish plugins add DIR, or name it in your own configuration.`,
      },
    );
  }
  if (line.token === '') return plainText(line, prefix.token, info);
  const rest = line.text.slice(line.token.length);
  return prefix.token === '' ? plainText(line, '', info) : prefix.token + rest;
}

/** Plain text for a server that has a token for it, or takes as a prefix what the text begins with. */
function plainText(
  { text, body }: PlannedLine,
  token: string,
  { prefixes }: Pick<ServerInfo, 'prefixes'>,
): string {
  if (token !== '') return `${token} ${body}`;
  const isEscaped = text === `\\${body}`;
  const isTaken = prefixes.some((prefix) => prefix.token !== '' && body.startsWith(prefix.token));
  return isEscaped || isTaken ? `\\${body}` : body;
}

function isUnowned(error: Error): boolean {
  return (error as { code?: string }).code === 'PREFISH_NO_OWNER';
}
