import type { Args, ArgsSpec } from '@prefish/core';

/** The leading options of `&`. */
export const submitArgs: {
  readonly after: { type: 'string'; multiple: true; summary: string; placeholder: string };
  readonly attempts: { type: 'string'; summary: string; placeholder: string };
  readonly timeout: { type: 'string'; summary: string; placeholder: string };
  readonly retries: { type: 'string'; summary: string; placeholder: string };
  readonly carry: { type: 'string'; multiple: true; summary: string; placeholder: string };
  readonly keep: { type: 'string'; multiple: true; summary: string; placeholder: string };
  readonly network: { type: 'string'; summary: string; placeholder: string };
  readonly server: { type: 'string'; summary: string; placeholder: string };
  readonly setup: { type: 'string'; summary: string; placeholder: string };
  readonly 'dry-run': { type: 'boolean'; summary: string };
  readonly wait: { type: 'boolean'; summary: string };
} = {
  after: {
    type: 'string',
    multiple: true,
    summary: 'Run once this task has completed; ID:any, however it ends',
    placeholder: 'ID',
  },
  attempts: { type: 'string', summary: 'Run several times side by side, to take the best', placeholder: 'N' },
  timeout: { type: 'string', summary: 'End the task after this time', placeholder: 'SECONDS' },
  retries: { type: 'string', summary: 'Run again when its worker was lost', placeholder: 'N' },
  carry: { type: 'string', multiple: true, summary: 'Take an ignored path along', placeholder: 'PATH' },
  keep: {
    type: 'string',
    multiple: true,
    summary: 'Keep an ignored path that the task makes, for tasks get',
    placeholder: 'PATH',
  },
  network: { type: 'string', summary: 'What the task reaches: none, allowlist, full', placeholder: 'LEVEL' },
  server: {
    type: 'string',
    summary: 'Where it runs: https://HOST, ssh://HOST, or here',
    placeholder: 'URL',
  },
  setup: {
    type: 'string',
    summary: 'What a server on another machine runs first, to install what the line needs',
    placeholder: 'COMMAND',
  },
  'dry-run': { type: 'boolean', summary: 'Say what would go, and stop' },
  wait: { type: 'boolean', summary: 'Follow the task to its end' },
} satisfies ArgsSpec;

/** The values of {@link submitArgs}. */
export type SubmitValues = Args<typeof submitArgs>['values'];
