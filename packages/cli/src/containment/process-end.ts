import { PrefishError } from '@prefish/protocol';
import type { Responsible } from './responsible.ts';

const { exit, kill, reallyExit } = process as NodeJS.Process & { reallyExit(code: number): never };

/**
 * Makes the ways in which code can end its own process throw `PREFISH_PLUGIN_EXIT`. prefish leaves
 * by {@link endProcess}.
 */
export function refuseToEnd(responsible: () => Responsible): void {
  const refuse = (call: string): never => {
    const { plugin, hook } = responsible();
    throw new PrefishError('PREFISH_PLUGIN_EXIT', `${plugin} called ${call}, which would end prefish`, {
      plugin,
      hook,
      hint: "A handler ends the shell with the outcome { type: 'exit', code }, and its line by throwing.",
    });
  };
  Object.assign(process, {
    exit: () => refuse('process.exit()'),
    reallyExit: () => refuse('process.reallyExit()'),
    abort: () => refuse('process.abort()'),
    kill: (pid: number, signal?: NodeJS.Signals | number) =>
      signal !== 0 && [process.pid, -process.pid, 0].includes(pid)
        ? refuse(`process.kill(${pid})`)
        : kill.call(process, pid, signal),
  });
}

/** Ends the process with `code`, whatever listeners of `exit` say or throw. */
export function endProcess(code: number): never {
  Object.assign(process, { reallyExit: () => reallyExit.call(process, code) });
  try {
    exit.call(process, code);
  } catch {
    // A listener threw: it is not asked twice.
  }
  return reallyExit.call(process, code);
}
