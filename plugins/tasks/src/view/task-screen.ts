import { errorMessage, type FoundTask } from '@prefish/core';
import { sanitizeLabel, type KeyPress } from '@prefish/screen';
import { Changes } from '../live/changes.ts';
import {
  colorOfState,
  containment,
  elapsed,
  isActive,
  numberWords,
  stateWords,
} from '../format/task-status.ts';
import { actionForKey } from './action-for-key.ts';
import type { Wish } from './browse.ts';
import { actionKeys } from './list-rows.ts';
import { closes, movement, runScreen, type StyledSurroundings } from './screen.ts';
import { ScrollView } from './scroll.ts';
import { Transcript } from './transcript.ts';

/** How often the task is asked for while it runs, in milliseconds. */
const askEvery = 1000;

/** One task: its state above, its transcript below, following until it has ended. */
export class TaskScreen {
  readonly #options: StyledSurroundings;
  readonly #transcript: Transcript;
  readonly #scroll = new ScrollView();
  #found: FoundTask;

  constructor(found: FoundTask, options: StyledSurroundings) {
    this.#found = found;
    this.#options = options;
    this.#transcript = new Transcript(options.style);
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
    const { source, task } = this.#found;
    try {
      for await (const event of source.events?.(task.id, { after: 0, follow: true }, signal) ?? []) {
        this.#transcript.add(event);
        changed();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#transcript.note(`The transcript breaks off: ${errorMessage(error)}`);
      changed();
    }
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
    const { style } = this.#options;
    const { task } = this.#found;
    const state = colorOfState(
      task.state,
      style,
    )([stateWords(task), elapsed(task, Date.now())].filter((word) => word !== '').join(' '));
    const about = [sanitizeLabel(task.place), containment(task)].filter((word) => word !== '').join(' · ');
    const keys = actionKeys(this.#found);
    const foot = [
      style.dim(`↑/↓ to scroll · Esc to go back${this.#scroll.follows ? '' : ' · End to follow'}`),
      ...(keys === '' ? [] : [style.dim(keys)]),
    ];
    const head = [
      `${style.bold(sanitizeLabel(task.title))} ${style.dim(numberWords(task))}`,
      `${state} ${style.dim(`· ${about}`)}`,
      '',
    ];
    const height = rows - head.length - foot.length - 1;
    const { lines, dropped } = this.#transcript;
    const seen = this.#scroll.rows(lines, dropped, columns, height);
    const blank = Array.from({ length: Math.max(0, height - seen.length) }, () => '');
    return [...head, ...seen, ...blank, '', ...foot];
  }

  #press(key: KeyPress, leave: (wish: Wish) => void): void {
    if (key.ctrl && key.name === 'c') return leave({ type: 'close' });
    if (closes(key)) return leave({ type: 'list' });
    const by = movement(key, this.#scroll.page);
    if (by !== undefined) return this.#scroll.scroll(by);
    const action = actionForKey(this.#found, key);
    if (action !== undefined) leave({ type: 'act', found: this.#found, action });
  }
}
