import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Exit, Outcome, RunContext } from '@prefish/core';
import { createSanitizer } from '@prefish/screen';
import type { AgentSpec } from './agent-spec.ts';
import { startAgent } from './process/agent-process.ts';

const place = '{prompt}';

/**
 * Gives a message to a program without a protocol: as an argument, or on its standard input. What it
 * prints is passed on as it comes, and the exit is its own.
 *
 * @throws PREFISH_AGENT_START
 */
export async function runPlainCommand(
  spec: Extract<AgentSpec, { kind: 'exec' }>,
  prompt: string,
  { signal, out, cwd, env }: Pick<RunContext, 'signal' | 'out' | 'cwd' | 'env'>,
): Promise<Outcome> {
  const args = spec.args.map((arg) => arg.replaceAll(place, () => prompt));
  const takesInput = !spec.args.some((arg) => arg.includes(place));
  const program = await startAgent({ ...spec, args }, { cwd, env });
  const { stdin, stdout, stderr } = program.child;
  stdin.end(takesInput ? prompt : '');
  const stop = (): void => void program.end();
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all([copy(stdout, 'stdout', out), copy(stderr, 'stderr', out)]);
    const exit: Exit = await program.exited;
    return { type: 'ok', exit };
  } finally {
    signal.removeEventListener('abort', stop);
    await program.end();
  }
}

async function copy(stream: Readable, name: 'stdout' | 'stderr', out: RunContext['out']): Promise<void> {
  const sanitizer = createSanitizer();
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    out.write(sanitizer.write(text), name);
    stream.pause();
    void out.drain().then(() => stream.resume());
  });
  if (!stream.readableEnded && !stream.destroyed) await once(stream, 'close');
  const rest = sanitizer.end();
  if (rest !== '') out.write(rest, name);
}
