import { spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** Resolves with whether a browser was asked to show an address. */
export function openBrowser(url: string, env: Environment): Promise<boolean> {
  const command = browserCommand(env, process.platform);
  if (command === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const browser = spawn(command, [url], { detached: true, stdio: 'ignore', env: { ...env } });
    browser.once('error', () => resolve(false));
    browser.once('spawn', () => {
      browser.unref();
      resolve(true);
    });
  });
}

/** What shows an address in the user's browser; nothing where there is no screen (over ssh, in a container). */
export function browserCommand(env: Environment, platform: NodeJS.Platform): string | undefined {
  if (env['BROWSER']) return env['BROWSER'];
  if (platform === 'darwin') return env['SSH_CONNECTION'] ? undefined : 'open';
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? 'xdg-open' : undefined;
}
