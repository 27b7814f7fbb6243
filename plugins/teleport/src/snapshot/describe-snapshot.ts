import { formatBytes, type Base } from '@prefish/protocol';
import type { NotCaptured } from './not-captured.ts';
import type { SnapshotDetails } from './snapshot-details.ts';

/**
 * `→ this machine · main@1a2b3c +3 changed, 2 untracked · 1.7 KB · with .env`
 *
 * @param carried What `--carry` names
 */
export function describeSnapshot(
  snapshot: Pick<SnapshotDetails, 'base' | 'bytes'>,
  place: string,
  plain: boolean,
  carried: readonly string[] = [],
): string {
  const parts = [`→ ${place}`, describeBase(snapshot.base, plain)];
  if (snapshot.bytes > 0) parts.push(formatBytes(snapshot.bytes));
  if (carried.length > 0) parts.push(`with ${shorten(carried)}`);
  return parts.join(' · ');
}

/** What else there is to say of what goes and what stays, one line each. */
export function describeExtent({
  inner,
  left,
  historyStays,
}: Pick<SnapshotDetails, 'inner' | 'left' | 'historyStays'>): string[] {
  const one = inner.length === 1;
  return [
    ...(inner.length > 0
      ? [
          `  with the files of ${shorten(inner)}: ${one ? 'a repository of its own' : 'repositories of their own'}`,
        ]
      : []),
    ...(left.length > 0
      ? [`${shorten(left)} ${left.length === 1 ? 'stays' : 'stay'} here (.prefishignore)`]
      : []),
    ...(historyStays === undefined ? [] : [`the history stays here: ${historyWords[historyStays]}`]),
  ];
}

const historyWords: Readonly<Record<NonNullable<SnapshotDetails['historyStays']>, string>> = {
  sha256: 'its object ids are those of sha256',
  incomplete: 'this clone has only a part of it',
};

/** One sentence a thing that did not go along. */
export function describeNotCaptured(missing: NotCaptured): string {
  switch (missing.why) {
    case 'unreadable':
      return `${missing.path} cannot be read and stays here as it is`;
    case 'special':
      return `${missing.path} is a pipe, a socket or a device and stays here`;
    case 'nested-repository':
      return `${missing.path} is a repository of its own that cannot be read: its files stay here${because(missing)}`;
    case 'submodule':
      return `${missing.path} is a submodule that cannot be read: its files stay here${because(missing)}`;
    case 'missing':
      return `never fetched by this partial clone, so a task does not have it: ${missing.path}`;
  }
}

function because({ because: reason }: NotCaptured): string {
  return reason === undefined ? '' : ` (${reason})`;
}

/** `.env, .env.local stay here (--carry .env)`; empty when everything that is carried anyway covers it. */
export function describeStaying(staying: readonly string[], canGo = true): string {
  const [first] = staying;
  if (first === undefined) return '';
  const how = canGo ? ` (--carry ${first})` : '';
  return `${shorten(staying)} ${staying.length === 1 ? 'stays' : 'stay'} here${how}`;
}

function shorten(paths: readonly string[]): string {
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `${paths.slice(0, 5).join(', ')}${more}`;
}

function describeBase(base: Base, plain: boolean): string {
  if (plain) return `${base.untracked} ${base.untracked === 1 ? 'file' : 'files'}, no git`;
  const commit = base.commit?.slice(0, 7);
  const name = base.branch ?? 'detached';
  const changes = [
    ...(base.dirty > 0 ? [`+${base.dirty} changed`] : []),
    ...(base.untracked > 0 ? [`${base.untracked} untracked`] : []),
  ];
  const at = commit === undefined ? `${name}, no commits yet` : `${name}@${commit}`;
  if (changes.length === 0) return at;
  return `${at}${commit === undefined || base.dirty === 0 ? ' · ' : ' '}${changes.join(', ')}`;
}

/**
 * One line of text in which nothing drives a terminal: names of files and branches may hold any
 * character, and what a line prints is not sanitised on its way to the user's own terminal.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
