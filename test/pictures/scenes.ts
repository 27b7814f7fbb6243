import type { Task } from '@prefish/protocol';
import { submit } from '../support/tasks.ts';
import { keys, openTerminal, type TerminalSession } from '../support/terminal.ts';
import { until } from '../support/until.ts';
import type { Stage } from './stage.ts';

/** What a picture shows. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** The height of the terminal; it is 90 wide. */
  readonly rows: number;
  /** Plays it, until the terminal shows the picture. */
  play(terminal: TerminalSession, stage: Stage): Promise<void>;
}

/** Opens the shell in the project. */
export function openShell({ home, project }: Stage, rows: number): TerminalSession {
  return openTerminal(home, [], { cwd: project.path, columns: 90, rows, env: { COLORTERM: '' } });
}

async function enter(terminal: TerminalSession, line: string, shown: string | RegExp): Promise<void> {
  terminal.type(line);
  await terminal.shows(line);
  terminal.type(keys.enter);
  await terminal.shows(shown);
}

async function prefixes(terminal: TerminalSession): Promise<void> {
  await terminal.shows('Tab completes');
  await enter(terminal, '!npm test', /42 tests passed[^]*\n❯$/);
  await enter(terminal, '# always use pnpm', /AGENTS\.md/);
  await enter(terminal, '& !npm test', /submitted/);
  terminal.type('& Enable dark mode by default');
  await terminal.shows('& Enable dark mode by default');
}

/** Tasks in every state. Resolves once each of them is in its own. */
async function tasksInEveryState({ home, project }: Stage): Promise<void> {
  const options = { cwd: project.path };
  for (const line of ['!npm run lint', '!npm test', 'Rename the package']) await submit(home, line, options);
  await submit(home, 'Enable dark mode by default', options);
  const wanted = ['completed', 'failed', 'input-required', 'working'];
  await until(async () => {
    const { tasks } = (await home.prefish(['tasks', 'ls', '--json'], options)).json<{ tasks: Task[] }>();
    return wanted.every((state) => tasks.some((task) => task.state === state));
  }, 'a task in every state');
}

/** In the order in which they are drawn: what one leaves behind is there for the next. */
export const scenes: readonly Scene[] = [
  { name: 'prompt', title: 'prefish', rows: 24, play: prefixes },
  {
    name: 'tasks',
    title: 'prefish · /tasks',
    rows: 20,
    async play(terminal, stage) {
      await tasksInEveryState(stage);
      await enter(terminal, '!npm run dev &', 'in the background');
      await enter(terminal, '/tasks', 'Shells (1)');
      await terminal.shows('ready on port');
    },
  },
  {
    name: 'task',
    title: 'prefish · a task',
    rows: 25,
    async play(terminal) {
      await enter(terminal, '/tasks', 'Enable dark mode');
      await terminal.shows(/^ +>.*Rename/m);
      terminal.type(keys.down);
      await terminal.shows(/^ +>.*Enable dark mode/m);
      terminal.type(keys.enter);
      await terminal.shows('a new one for the default');
    },
  },
];
