import type { FoundTask } from '@prefish/core';
import { sanitizeLabel, textWidth, truncate, type KeyPress } from '@prefish/screen';
import {
  colorOfState,
  containment,
  elapsed,
  isActive,
  numberWords,
  stateWords,
  titleWords,
} from '../format/task-status.ts';
import { Changes } from '../live/changes.ts';
import { createPlainRenderer } from '../transcript/plain-renderer.ts';
import type { Transcript } from '../transcript/transcript.ts';
import { TranscriptReader } from '../transcript/transcript-reader.ts';
import { actionForKey } from './action-for-key.ts';
import type { Wish } from './browse.ts';
import { Finder, plain } from './finder.ts';
import { actionKeys, keyRows } from './list-rows.ts';
import { closes, movement, runScreen, type StyledSurroundings } from './screen.ts';
import { noticeRows, type Notice } from './notice-rows.ts';
import { ScrollView } from './scroll.ts';

/** How often the task is asked for while it runs, in milliseconds. */
const askEvery = 1000;
/** So many pages from the end of what is held, more is read. */
const pagesAhead = 5;

/** The key that opens all tool calls, and closes them. */
const callsKey = 't';

/** What the view says besides the task. */
export interface TaskScreenOptions extends StyledSurroundings {
  /** What came of the action before. */
  readonly notice: Notice | undefined;
}

/** One task: its state above, its transcript below, following until it has ended. */
export class TaskScreen {
  readonly #options: TaskScreenOptions;
  readonly #scroll = new ScrollView();
  readonly #finder = new Finder();
  #reader: TranscriptReader | undefined;
  #found: FoundTask;
  /** Whether the first lines of all are wanted, and are being read. */
  #toBeginning = false;

  constructor(found: FoundTask, options: TaskScreenOptions) {
    this.#found = found;
    this.#options = options;
  }

  run(): Promise<Wish> {
    return runScreen<Wish>({
      ...this.#options,
      alternate: true,
      draw: (size) => this.#draw(size),
      press: (key, leave) => this.#press(key, leave),
      live: async (changed, signal) => {
        await Promise.all([this.#read(changed, signal), this.#watch(changed, signal)]);
      },
    });
  }

  async #read(changed: () => void, signal: AbortSignal): Promise<void> {
    const { style, terminal, context } = this.#options;
    this.#reader = await TranscriptReader.open(
      this.#found,
      {
        style,
        columns: terminal.columns,
        renderer: async (columns) => (await context.render?.(columns)) ?? createPlainRenderer(style),
        changed,
        replaced: (before, after) => this.#keepPlace(before, after),
        moved: (line, by) => this.#scroll.shift(line, by),
      },
      signal,
    );
    await this.#reader.follow();
  }

  async #watch(changed: () => void, signal: AbortSignal): Promise<void> {
    const { source, task } = this.#found;
    using changes = new Changes(source, signal);
    while (!signal.aborted) {
      const current = await source.get(task.id, signal).catch(() => undefined);
      if (current !== undefined) this.#found = { source, task: current };
      changed();
      if (current !== undefined && !isActive(current)) return;
      await changes.next(askEvery);
    }
  }

  #draw({ columns, rows }: { columns: number; rows: number }): readonly string[] {
    const head = this.#headRows(columns);
    const { notice, style } = this.#options;
    const foot = [...noticeRows(notice, columns, style), ...this.#footRows(columns)];
    const height = Math.max(1, rows - head.length - foot.length - 1);
    const seen = this.#transcriptRows(columns, height);
    const blank = Array.from({ length: height - seen.length }, () => '');
    return [...head, ...seen, ...blank, '', ...foot];
  }

  #headRows(columns: number): readonly string[] {
    const { style } = this.#options;
    const { task } = this.#found;
    const number = numberWords(task);
    const title = truncate(titleWords(task), columns - textWidth(number) - 1);
    const status = [stateWords(task), elapsed(task, Date.now())].filter((word) => word !== '').join(' ');
    const about = [sanitizeLabel(task.place), containment(task)].filter((word) => word !== '').join(' · ');
    return [
      `${style.bold(title)} ${style.dim(number)}`,
      `${colorOfState(task.state, style)(status)} ${style.dim(`· ${about}`)}`,
      task.url === undefined ? '' : (this.#reader?.transcript.link(task.url) ?? ''),
    ];
  }

  #transcriptRows(columns: number, height: number): readonly string[] {
    const reader = this.#reader;
    if (reader === undefined) return [];
    reader.resize(columns);
    const { transcript, atEnd, atBeginning } = reader;
    const seen = this.#scroll.rows(transcript, columns, height, !atEnd);
    const { follows, line, endLine } = this.#scroll;
    const margin = Math.min(height * pagesAhead, (transcript.end - transcript.first) >> 3);
    if (follows && !atEnd) reader.newest();
    else if (endLine + margin >= transcript.end && !atEnd) reader.newer();
    else if (line - margin <= transcript.first && !follows && !atBeginning) reader.older();
    const { found } = this.#finder;
    const { inverse } = this.#options.style;
    return seen.map(({ text, line: of }) => (of === found ? inverse(plain(text)) : text));
  }

  #footRows(columns: number): readonly string[] {
    const { style } = this.#options;
    const { typing, wanted, found } = this.#finder;
    if (typing) return [`/${sanitizeLabel(wanted)}`, style.dim('Enter to find · Esc to leave it')];
    const searching =
      wanted === ''
        ? '/ to find'
        : found === undefined
          ? `nothing holds ${sanitizeLabel(wanted)}`
          : 'n/N next';
    const isMissing = wanted !== '' && found === undefined;
    const ways = [
      ...(isMissing ? [] : ['↑/↓ to scroll']),
      searching,
      'Esc to go back',
      ...(this.#scroll.follows ? [] : ['End to follow']),
    ];
    const transcript = this.#reader?.transcript;
    const calls = transcript?.isOpen === true ? 'close tool calls' : 'open tool calls';
    const keys = [
      ...actionKeys(this.#found),
      ...(transcript?.hasToolCalls === true ? [`${callsKey} ${calls}`] : []),
    ];
    return [style.dim(ways.join(' · ')), ...keyRows(keys, columns, style)];
  }

  #press(key: KeyPress, leave: (wish: Wish) => void): void {
    if (this.#finder.typing) {
      if (this.#finder.type(key)) this.#find(1, this.#scroll.line);
      return;
    }
    if (key.ctrl && key.name === 'c') return leave({ type: 'close' });
    if (closes(key)) return leave({ type: 'list' });
    if (key.text === '/') return this.#finder.open();
    if (this.#finder.wanted !== '' && key.text === 'n') return this.#findOn(1);
    if (this.#finder.wanted !== '' && key.text === 'N') return this.#findOn(-1);
    if (key.text === callsKey) return this.#reader?.toggleCalls();
    const by = movement(key, this.#scroll.page);
    if (by !== undefined) return this.#move(by);
    const action = actionForKey(this.#found, key);
    if (action !== undefined) leave({ type: 'act', found: this.#found, action, from: 'view' });
  }

  #move(by: number): void {
    const reader = this.#reader;
    this.#scroll.scroll(by);
    this.#toBeginning = by === Number.NEGATIVE_INFINITY && reader?.atBeginning === false;
    if (this.#toBeginning) reader?.oldest();
  }

  #findOn(step: 1 | -1): void {
    this.#find(step, (this.#finder.found ?? this.#scroll.line) + step);
  }

  #find(step: 1 | -1, from: number): void {
    const transcript = this.#reader?.transcript;
    const line = transcript && this.#finder.find(transcript, from, step);
    if (line !== undefined) this.#scroll.goTo(line);
  }

  /** What was on top stays there, whatever else is held now. */
  #keepPlace(before: Transcript, after: Transcript): void {
    this.#finder.found = undefined;
    if (this.#toBeginning) this.#scroll.show(after, after.first);
    else if (!this.#scroll.follows) this.#scroll.show(after, after.lineAt(before.placeOf(this.#scroll.line)));
    this.#toBeginning = false;
  }
}
