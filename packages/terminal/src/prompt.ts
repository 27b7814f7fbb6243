import type { Outcome, PrefixInfo, Shell } from '@prefish/core';
import { isPrefishError } from '@prefish/protocol';
import type { LineOwner } from './editor/line-editor.ts';
import type { TerminalHost } from './host/terminal-host.ts';
import { linesIn } from './lines-in.ts';
import { shownFolder } from './shown-folder.ts';

/** What {@link runPrompt} takes. */
export interface PromptOptions {
  readonly host: TerminalHost;
  /** The prompt is there before the shell is; a line waits for it. */
  readonly shell: Promise<Shell>;
  /** Called once the prompt has been painted: the time for what is slow. */
  readonly painted?: () => void;
  /** Ends the prompt, and the line that runs. */
  readonly signal?: AbortSignal;
  /** The folder that lines are remembered in, from session to session. Without it they are forgotten. */
  readonly historyFolder?: string;
}

/**
 * The interactive shell: a line in, what happens above it, until Ctrl+D. Ctrl+C drops the line that
 * is edited or ends the one that runs. The bare token of a sticky prefix keeps it for the lines that
 * follow, until Escape.
 *
 * @returns the exit code
 * @throws what `shell` rejects with
 */
export async function runPrompt(options: PromptOptions): Promise<number> {
  const { host, shell, painted, signal, historyFolder } = options;
  let running: AbortController | undefined;
  let ready: Shell | undefined;
  let folder = (): string | undefined => undefined;
  const editor = host.openEditor({
    interrupt: () => running?.abort(),
    linesIn: (text, prefix) =>
      ready === undefined
        ? shell.then(
            (opened) => linesIn(opened, text, prefix),
            () => [text],
          )
        : linesIn(ready, text, prefix),
    remembers: (text) => ready !== undefined && !isPrivate(ready, text),
    activates: (text) => ready && stickyPrefix(ready, text),
    folder: () => folder(),
    owner: (beginning, prefix) => ready && ownerOf(ready, beginning, prefix),
    commands: () => ready?.commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]) ?? [],
    complete: async (text, cursor, options) => {
      const { offersAt } = await import('./completion.ts');
      return offersAt(await shell, text, cursor, options);
    },
  });
  const stop = (): void => {
    running?.abort();
    editor.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const remember = async (opened: Shell): Promise<void> => {
    if (historyFolder === undefined || editor.useHistory === undefined) return;
    const { openHistory } = await import('./history.ts');
    const { store, isNew } = openHistory(historyFolder, opened.session.cwd, (text) => host.notice?.(text));
    editor.useHistory(store);
    if (isNew) host.notice?.((await import('./welcome.ts')).welcome(opened));
  };
  const failed = shell.then(
    (opened) => {
      ready = opened;
      folder = folderOf(opened);
      void remember(opened);
      return new Promise<never>(() => {});
    },
    (error: unknown) => Promise.reject(error),
  );
  // Its rejection is seen by whoever races with it; there may be nobody yet.
  failed.catch(() => {});
  try {
    for (let first = true; ; first = false) {
      host.freshLine();
      const next = editor.readLine();
      if (first) painted?.();
      const line = await Promise.race([next, failed]);
      if (line === 'eof' || signal?.aborted) {
        if (signal?.aborted || ready === undefined || (await ready.leave())) return 0;
        continue;
      }
      if (line.text.trim() === '') continue;
      running = new AbortController();
      const opened = await shell;
      const { text, ...how } = line;
      const settled = await opened.submit(text, { ...how, signal: running.signal });
      const wasStopped = running.signal.aborted;
      running = undefined;
      host.present(settled);
      const { result } = settled;
      if (!wasStopped && isInterrupted(result)) editor.hold?.();
      if (line.paste !== undefined && isDenied(result)) editor.withdraw?.(line.paste);
      if (!(result instanceof Error) && result.type === 'exit' && (await opened.leave())) return result.code;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    editor.close();
  }
}

/** Tells the folder that lines run in, where it is not the one of now. */
function folderOf({ session }: Shell): () => string | undefined {
  const start = session.cwd;
  let cwd = start;
  let shown: string | undefined;
  return () => {
    if (session.cwd === cwd) return shown;
    ({ cwd } = session);
    shown = shownFolder({ cwd, start, home: session.env['HOME'] });
    return shown;
  };
}

/** Who will take a line that begins so, as it is shown beside it. Nobody in particular for plain text. */
function ownerOf(shell: Shell, beginning: string, active: string | undefined): LineOwner | undefined {
  const { prefix } = shell.explain(beginning, active === undefined ? {} : { prefix: active });
  if (prefix !== undefined && prefix.token !== '') {
    const index = shell.prefixes.findIndex(({ id }) => id === prefix.id);
    return { label: `${prefix.token} ${prefix.id}`, index: Math.max(0, index) };
  }
  return beginning.startsWith('/') ? { index: shell.prefixes.length } : undefined;
}

/** Whether a line is to be forgotten: what stands behind its token begins with a second space. */
function isPrivate(shell: Shell, text: string): boolean {
  const { prefix, body } = shell.explain(text);
  return prefix !== undefined && prefix.token !== '' && body.startsWith(' ');
}

function isDenied(result: Outcome | Error): boolean {
  return !(result instanceof Error) && result.type === 'denied';
}

/** Whether Ctrl+C ended a program that had the terminal, or a question. */
function isInterrupted(result: Outcome | Error): boolean {
  if (result instanceof Error) return isPrefishError(result) && result.code === 'PREFISH_INTERRUPTED';
  if (result.type !== 'ok' || result.exit === undefined) return false;
  const { exit } = result;
  return 'signal' in exit ? exit.signal === 'SIGINT' : exit.code === 128 + 2;
}

/** The sticky prefix whose bare token a line is. */
function stickyPrefix(shell: Shell, text: string): PrefixInfo | undefined {
  const { prefix } = shell.explain(text);
  if (prefix === undefined || prefix.token !== text || text === '') return undefined;
  return shell.prefixes.find(({ id, token, sticky }) => sticky && id === prefix.id && token === text);
}
