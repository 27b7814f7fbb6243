/** For the program that composes a shell: what `holder` of the options is to run. */
export { holdShell } from './background/holder.ts';
