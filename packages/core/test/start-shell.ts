import {
  createShell,
  definePlugin,
  type CreateShellOptions,
  type Event,
  type Plugin,
  type PluginShell,
  type Shell,
} from '../src/index.ts';

/** A shell for tests, and the events of its lines. */
export async function startShell(
  plugins: readonly Plugin[],
  options: Omit<CreateShellOptions, 'plugins'> = {},
): Promise<{ shell: Shell; events: Event[]; [Symbol.asyncDispose](): Promise<void> }> {
  const events: Event[] = [];
  const shell = await createShell({
    ...options,
    plugins,
    host: { event: (event) => events.push(event), ...options.host },
  });
  return { shell, events, [Symbol.asyncDispose]: () => shell.close() };
}

/** A plugin made of its setup alone. */
export function plugin(name: string, setup: (shell: PluginShell) => void | (() => unknown)): Plugin {
  return definePlugin({ name, api: '^1', setup: setup as never })();
}

/** The text that lines printed. */
export function printed(events: readonly Event[]): string {
  return events.map((event) => (event.type === 'output' ? event.text : '')).join('');
}
