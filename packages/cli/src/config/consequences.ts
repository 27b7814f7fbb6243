import { PrefishError } from '@prefish/protocol';
import { visible } from '../trust/question.ts';
import type { Configuration, Waiting } from './configuration.ts';

/**
 * What a shell is opened for: lines of a script or of `-c`, a person at a prompt, a command of the command
 * line; one that has to work whatever is configured, because it is what one mends things with; or one
 * that itself says what is wrong with the configuration.
 */
export type ShellUse = 'lines' | 'prompt' | 'command' | 'inspection' | 'configuration';

/** Something to say before the first line. */
export interface ConfigurationWarning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Commands that say themselves what is wrong with the configuration. */
const telling: ReadonlySet<string> = new Set(['config', 'trust', 'doctor']);

/** Others that work whatever is configured. */
const inspecting: ReadonlySet<string> = new Set(['explain', 'help', 'daemon', 'plugins', 'completion']);

/** What `prefish NAME` is. */
export function useOf(command: string): ShellUse {
  if (telling.has(command)) return 'configuration';
  return inspecting.has(command) ? 'inspection' : 'command';
}

/**
 * Refuses to run lines that a configuration is meant for and that cannot count: they could go elsewhere.
 *
 * @throws the first problem; for lines PREFISH_UNTRUSTED too, unless the user has said "never" to it
 */
export function insistOn({ problems: [problem], waiting }: Configuration, use: ShellUse): void {
  if (problem !== undefined && (use === 'lines' || use === 'command')) throw problem;
  if (waiting !== undefined && waiting.answer !== 'declined' && use === 'lines') throw untrusted(waiting);
}

/** What does not keep the shell from starting, and has to be said. At the prompt the untrusted was asked about. */
export function warningsOf(
  { problems, ignored, waiting }: Configuration,
  use: ShellUse,
): readonly ConfigurationWarning[] {
  if (use === 'configuration') return [];
  const unasked =
    waiting === undefined || (use === 'prompt' && waiting.answer !== 'declined') ? [] : [untrusted(waiting)];
  return [
    ...[...problems, ...unasked].map(({ code, message, hint }) => ({ code, message, hint })),
    ...ignored.map(({ path, hint }) => ({
      code: 'PREFISH_CONFIG_UNREADABLE',
      message: `${visible(path)} is not read: prefish does not know files of that name`,
      hint,
    })),
  ];
}

/** Why a project's configuration does not count, or not all of it. */
export function untrusted({ file, request, answer }: Waiting): PrefishError {
  const why = {
    changed: 'has changed since it was trusted',
    declined: 'is not trusted',
    unknown: 'is not trusted yet',
  };
  return new PrefishError(
    'PREFISH_UNTRUSTED',
    `${visible(file)} ${why[answer]}; it would ${request.effects.join('; ')}`,
    { hint: 'prefish trust shows what that is and asks; --no-config runs without it.' },
  );
}
