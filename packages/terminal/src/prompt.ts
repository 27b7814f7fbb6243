import type { Shell } from '@prefish/core';
import type { TerminalHost } from './host/terminal-host.ts';

/** What {@link runPrompt} takes. */
export interface PromptOptions {
  readonly host: TerminalHost;
  /** The prompt is there before the shell is; a line waits for it. */
  readonly shell: Promise<Shell>;
  /** Called once the prompt has been painted: the time for what is slow. */
  readonly painted?: () => void;
  /** Ends the prompt, and the line that runs. */
  readonly signal?: AbortSignal;
}

/**
 * The interactive shell: a line in, what happens above it, until Ctrl+D. Ctrl+C drops the line that
 * is edited or ends the one that runs.
 *
 * @returns the exit code
 * @throws what `shell` rejects with
 */
export async function runPrompt({ host, shell, painted, signal }: PromptOptions): Promise<number> {
  let running: AbortController | undefined;
  const editor = host.openEditor({ interrupt: () => running?.abort() });
  const stop = (): void => {
    running?.abort();
    editor.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const failed = shell.then(
    () => new Promise<never>(() => {}),
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
      if (line === 'eof' || signal?.aborted) return 0;
      if (line.text.trim() === '') continue;
      running = new AbortController();
      const ready = await Promise.race([shell, aborted(running.signal)]);
      if (ready === undefined) continue;
      const settled = await ready.submit(line.text, { origin: line.origin, signal: running.signal });
      running = undefined;
      host.present(settled);
      if (!(settled.result instanceof Error) && settled.result.type === 'exit') return settled.result.code;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    editor.close();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
