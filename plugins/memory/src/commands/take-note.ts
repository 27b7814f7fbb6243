import { PrefishError, type Outcome, type RunContext } from '@prefish/core';
import type { MemorySettings } from '../options.ts';
import type { NotePlace, NoteStore } from '../notes/note-store.ts';
import type { TargetChooser, TargetWish } from '../targets/choose-target.ts';
import { displayPath, repositoryRoot, type MemoryTarget } from '../targets/target.ts';
import { isIgnored } from './is-ignored.ts';

/** The leading options of `#`, as values. */
export interface NoteWish extends TargetWish {
  /** `--preview` */
  readonly preview?: boolean | undefined;
}

/** Writes one note, or shows what would be written. @throws what the store and the chooser throw */
export async function takeNote(
  body: string,
  wish: NoteWish,
  context: RunContext,
  {
    store,
    chooser,
    settings,
  }: { readonly store: NoteStore; readonly chooser: TargetChooser; readonly settings: MemorySettings },
): Promise<Outcome> {
  const text = checkedNote(body);
  const { section } = settings;
  const target = await chooser.choose(wish, context);
  const note = { target, text, section, project: repositoryRoot(context.cwd) };
  const name = displayPath(target.path, context);
  if (wish.preview) {
    const { diff, ...place } = await store.preview(note, name);
    const shown = diff === undefined ? alreadyNoted(place, name) : paint(diff.trimEnd(), context);
    return {
      type: 'ok',
      message: shown,
      data: { ...place, section, ...(diff === undefined ? {} : { diff }) },
    };
  }
  const place = await store.add(note, context.signal);
  if (place.known === undefined) await warnOfReaders(target, place, context);
  return {
    type: 'ok',
    message:
      place.known === undefined
        ? `noted in ${name}:${place.line}, under “${section}”`
        : alreadyNoted(place, name),
    data: { ...place, section },
  };
}

function checkedNote(body: string): string {
  if (body.trim() === '') {
    throw new PrefishError('PREFISH_MEMORY_EMPTY', 'There is no note after the #.', {
      hint: 'For example: # Run the tests with npm test -- --run',
    });
  }
  if (body.includes('\0')) throw new PrefishError('PREFISH_USAGE', 'A note cannot hold a NUL character.');
  return body;
}

function alreadyNoted({ line, known }: NotePlace, name: string): string {
  return `already noted in ${name}:${line}: ${known}`;
}

/** Says who will not see the note, and who may see it who should not. */
async function warnOfReaders(target: MemoryTarget, place: NotePlace, context: RunContext): Promise<void> {
  if (target.hiddenBy !== undefined) {
    const name = displayPath(target.hiddenBy.path, context);
    context.out.warn(
      'PREFISH_MEMORY_HIDDEN',
      `Claude Code reads ${name} in place of AGENTS.md, so it does not see the note.`,
      `Add this line to ${name}: ${target.hiddenBy.importLine}`,
    );
  }
  if (!place.made || !place.path.endsWith('.local.md')) return;
  if ((await isIgnored(place.path, context)) !== false) return;
  context.out.warn(
    'PREFISH_MEMORY_SHARED',
    `${displayPath(place.path, context)} is for you alone, and git does not ignore it.`,
    'Add CLAUDE.local.md to .gitignore, or to .git/info/exclude.',
  );
}

function paint(diff: string, { color }: RunContext): string {
  if (!color) return diff;
  const colours: Readonly<Record<string, number>> = { '@': 36, '+': 32, '-': 31 };
  return diff
    .split('\n')
    .map((line) => {
      const colour = /^(?:---|\+\+\+) /.test(line) ? undefined : colours[line[0] ?? ''];
      return colour === undefined ? line : `\u001B[${colour}m${line}\u001B[39m`;
    })
    .join('\n');
}
