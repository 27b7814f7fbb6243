import { errorMessage, type FoundTask, type TaskAction } from '@prefish/core';
import { sanitizeLabel, textWidth, truncate, wrap, wrapWords, type KeyPress } from '@prefish/screen';
import { keptFiles, keptWords } from '../format/kept-files.ts';
import {
  asUnknown,
  colorOfState,
  containment,
  elapsed,
  isActive,
  lossAdvice,
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
import type { Drawing } from './foot-question.ts';
import { actionKeys, keyRows } from './list-rows.ts';
import { closes, movement, runScreen, type StyledSurroundings } from './screen.ts';
import { noticeRows, type Notice } from './notice-rows.ts';
import { leaveFor, replyAction, replyKey, wordsFor, type Beforehand } from './reply-to-task.ts';
import { ScrollView } from './scroll.ts';
import { UnheardMessage } from './unheard-message.ts';
import { whyNot } from './why-not.ts';

/** How often the task is asked for while it runs, in milliseconds. */
const askEvery = 1000;
/** So many pages from the end of what is held, more is read. */
const pagesAhead = 5;

/** Why a line was not delivered, or is refused, may be a long sentence. */
const mostStatusRows = 4;

/** The key that opens all tool calls, and closes them. */
const callsKey = 't';

/** What the view says besides the task. */
export interface TaskScreenOptions extends StyledSurroundings {
  /** What came of the action before. */
  readonly notice: Notice | undefined;
  /** It was opened from the list to say something to the task; the list comes back when that is said or dropped. */
  readonly reply: boolean;
}

interface Asking extends Beforehand {
  readonly action: TaskAction;
}

/** One task: its state above, its transcript below, following until it has ended. */
export class TaskScreen {
  readonly #options: TaskScreenOptions;
  readonly #scroll = new ScrollView();
  readonly #finder = new Finder();
  #reader: TranscriptReader | undefined;
  #found: FoundTask;
  /** What was kept of it, and how one gets that. */
  #kept = '';
  /** Whether the first lines of all are wanted, and are being read. */
  #toBeginning = false;
  readonly #unheard = new UnheardMessage();
  /** Why the task cannot be asked for at the moment. */
  #away: unknown;
  #leave: ((wish: Wish) => void) | undefined;
  #live: { readonly changed: () => void; readonly signal: AbortSignal } | undefined;
  #notice: Notice | undefined;
  /** What is asked before an action. */
  #asking: Asking | undefined;
  /** What is typed while it is found out what to ask: it is meant for that. */
  #early: KeyPress[] | undefined;

  constructor(found: FoundTask, options: TaskScreenOptions) {
    this.#found = found;
    this.#options = options;
    this.#notice = options.notice;
  }

  run(): Promise<Wish> {
    return runScreen<Wish>({
      ...this.#options,
      alternate: true,
      draw: (size) => this.#draw(size),
      press: (key, leave) => this.#press(key, leave),
      live: async (changed, signal) => {
        this.#live = { changed, signal };
        if (this.#options.reply) void this.#reply(replyAction(this.#found));
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
      const current = await source.get(task.id, signal).then(
        (found) => ((this.#away = undefined), found),
        (error: unknown) => void (this.#away = error),
      );
      if (current !== undefined) this.#found = { source, task: current };
      changed();
      if (current !== undefined && !isActive(current)) {
        this.#kept = keptWords(this.#found, await keptFiles(this.#found, signal));
        return changed();
      }
      await changes.next(askEvery);
    }
  }

  #draw({ columns, rows }: { columns: number; rows: number }): Drawing {
    const head = this.#headRows(columns);
    const { style } = this.#options;
    const asking = this.#asking?.question.draw({ columns, rows: rows >> 1 }, style);
    const said = noticeRows(this.#notice, columns, style);
    const foot = asking?.rows ?? this.#footRows(columns);
    const height = Math.max(1, rows - head.length - said.length - foot.length - 1);
    const seen = this.#transcriptRows(columns, height);
    const blank = Array.from({ length: height - seen.length }, () => '');
    const upper = [...head, ...seen, ...blank, '', ...said];
    const cursor = asking?.cursor;
    return {
      rows: [...upper, ...foot],
      ...(cursor && { cursor: { ...cursor, row: upper.length + cursor.row } }),
    };
  }

  #headRows(columns: number): readonly string[] {
    const { style } = this.#options;
    const isUnknown = this.#away !== undefined && isActive(this.#found.task);
    const task = isUnknown ? asUnknown(this.#found.task) : this.#found.task;
    const number = numberWords(task);
    const title = truncate(titleWords(task), columns - textWidth(number) - 1);
    const status = [stateWords(task), elapsed(task, Date.now())].filter((word) => word !== '').join(' ');
    const about = [sanitizeLabel(task.place), containment(task)].filter((word) => word !== '').join(' · ');
    return [
      `${style.bold(title)} ${style.dim(number)}`,
      ...wrap(`${colorOfState(task.state, style)(status)} ${style.dim(`· ${about}`)}`, columns).slice(
        0,
        mostStatusRows,
      ),
      ...(isUnknown ? awayRows(this.#away, columns).map(style.yellow) : []),
      ...wrapWords(lossAdvice(task), columns)
        .filter((row) => row !== '')
        .map(style.dim),
      ...(this.#kept === '' ? [] : [style.dim(truncate(`kept: ${this.#kept}`, columns))]),
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
    this.#notice = undefined;
    this.#leave = leave;
    if (this.#early !== undefined && !closes(key, false)) return void this.#early.push(key);
    this.#early = undefined;
    if (this.#asking !== undefined) return this.#answer(key, leave);
    if (this.#finder.typing) {
      if (this.#finder.type(key)) this.#find(1, this.#scroll.line);
      return;
    }
    if (this.#unheard.holds(key)) return;
    if (key.ctrl && key.name === 'c') return leave({ type: 'close' });
    if (closes(key)) return leave({ type: 'list' });
    if (key.text.startsWith('/')) return this.#finder.open(key.text.slice(1));
    if (this.#finder.wanted !== '' && key.text === 'n') return this.#findOn(1);
    if (this.#finder.wanted !== '' && key.text === 'N') return this.#findOn(-1);
    if (key.text === callsKey) return this.#reader?.toggleCalls();
    const by = movement(key, this.#scroll.page);
    if (by !== undefined) return this.#move(by);
    const found = this.#found;
    const action = actionForKey(found, key);
    if (action === undefined) return this.#refuse(key);
    if (key.text === replyKey) return void this.#reply(action);
    const beforehand = leaveFor(action, found);
    if (beforehand === undefined) leave({ type: 'act', found, action, words: [], from: 'view' });
    else this.#asking = { ...beforehand, action };
  }

  #refuse(key: KeyPress): void {
    const text = whyNot(this.#found, key, this.#options.context.shell);
    if (text !== undefined) this.#notice = { text, kind: 'quiet' };
    if (key.text === replyKey) this.#unheard.begin();
  }

  /** Asks at the foot what to say to the task. */
  async #reply(action: TaskAction | undefined): Promise<void> {
    if (action === undefined || this.#live === undefined) return;
    const { changed, signal } = this.#live;
    const early: KeyPress[] = [];
    this.#early = early;
    try {
      const beforehand = await wordsFor(action, this.#found, signal);
      if (this.#early !== early) return;
      this.#asking = { ...beforehand, action };
    } catch (error) {
      this.#notice = { text: errorMessage(error), kind: 'refused' };
      early.length = 0;
    }
    this.#early = undefined;
    for (const key of early) if (this.#leave !== undefined) this.#press(key, this.#leave);
    changed();
  }

  /** A key while something is asked; the keys that scroll, and mean nothing there, scroll as ever. */
  #answer(key: KeyPress, leave: (wish: Wish) => void): void {
    const asking = this.#asking!;
    const { question } = asking;
    const answered = question.press(key);
    const from = this.#options.reply ? 'list' : 'view';
    if (answered === 'open') {
      if (key.name === 'pageup') this.#move(-this.#scroll.page);
      if (key.name === 'pagedown') this.#move(this.#scroll.page);
      return;
    }
    this.#asking = undefined;
    if (answered !== 'dropped') void this.#act(asking, answered.answer, from, leave);
    else if (from === 'list') leave({ type: 'list' });
  }

  async #act(
    { action, words, stands }: Asking,
    answer: string,
    from: 'list' | 'view',
    leave: (wish: Wish) => void,
  ): Promise<void> {
    if (stands !== undefined && !(await stands().catch(() => true))) {
      this.#notice = { text: 'It does not ask that any more: nothing was answered', kind: 'refused' };
      this.#live?.changed();
    } else leave({ type: 'act', found: this.#found, action, words: words(answer), from });
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

/** `! devbox does not answer; trying again` */
function awayRows(error: unknown, columns: number): readonly string[] {
  const why = sanitizeLabel(errorMessage(error)).replace(/\.$/, '');
  return wrapWords(`! ${why}; trying again`, columns).slice(0, mostStatusRows);
}
