import { AsyncLocalStorage } from 'node:async_hooks';
import type { PrefishError } from '@prefish/protocol';

/** A plugin, and which of its functions was called: `setup`, `prefix shell`, `hook dispatch`, `source server list` … */
export interface Responsible {
  readonly plugin: string;
  readonly hook: string;
}

const called = new AsyncLocalStorage<Responsible>();

/** An error that a plugin threw on purpose: it names plugin and hook, unless it names others already. */
export function attributed(error: PrefishError, { plugin, hook }: Responsible): PrefishError {
  return Object.assign(error, { plugin: error.plugin ?? plugin, hook: error.hook ?? hook });
}

/** Calls into a plugin. What the call starts, timers and promises included, is the plugin's too. */
export function inPlugin<T>(plugin: string, hook: string, call: () => T): T {
  return called.run({ plugin, hook }, call);
}

/**
 * The plugin whose code runs now, in any shell of this process. An embedder asks it in a handler of
 * `uncaughtException` or `unhandledRejection`, or where somebody writes to `process.stdout`.
 *
 * Node 22 and 24 know it for timers, immediates, ticks and rejected promises that a plugin began. They
 * do not for a listener of the plugin on an emitter of somebody else (it runs for whoever emits), and
 * Node 22 not for `queueMicrotask`: there, the stack of the error says more.
 */
export function responsiblePlugin(): Responsible | undefined {
  return called.getStore();
}
