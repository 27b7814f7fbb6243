/** A shell for the tests of plugins: lines in, outcomes, events and printed text out. */
export type { Answer, Answers, Question } from './questions.ts';
export type { LineResult } from './line-result.ts';
export type { TestClock } from './test-clock.ts';
export type { HostExtras } from './test-host.ts';
export { testShell, type TestShell, type TestShellOptions } from './test-shell.ts';
export { keys, type TestTerminal } from './test-terminal.ts';
