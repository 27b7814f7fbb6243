import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findFolders } from '../../packages/cli/src/folders.ts';
import { sshPaths } from '../../packages/cli/src/server/elsewhere/ssh/ssh-options.ts';
import { command, type SandboxHome } from './sandbox-home.ts';
import { endProcessesWithEnvironment } from './processes.ts';
import { until } from './until.ts';

/** An sshd on loopback: another machine, as far as prefish can tell, with a HOME and a PREFISH_HOME of its own. */
export interface SshHost extends AsyncDisposable {
  /** What the user of the sandbox home calls it: `ssh devbox` goes there. */
  readonly name: string;
  readonly url: string;
  readonly home: string;
  readonly prefishHome: string;
  /** What the sandbox home's own commands need to find it: an `ssh` with a configuration of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts prefish into `~/.local/bin` there, as `npm run setup` does. */
  install(): Promise<void>;
  /** Puts there what passes for another prefish: its server says this of itself. */
  installOther(info: Readonly<Record<string, unknown>>): Promise<void>;
  /** The folder in which a task that runs there works. */
  workspace(task: string): Promise<string>;
  /** Cuts every connection, and takes the host off the network. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Has it take connections and say nothing, as a machine that sleeps, or a network that drops what it is given. */
  freeze(): Promise<void>;
  /** How often ssh was started, for whatever. */
  calls(): Promise<number>;
  /** What its sshd has logged. */
  log(): Promise<string>;
}

/** Ports that no system gives out by itself. */
const ports = { first: 20_000, count: 10_000 };
let next = process.pid % ports.count;

/** Starts an sshd that lets the user of this process in, by a key that was made for it. */
export async function sshHost(
  home: SandboxHome,
  options: { readonly config?: string } = {},
): Promise<SshHost> {
  const folder = join(home.root, 'far');
  const far = join(folder, 'home');
  const prefishHome = join(folder, 'prefish');
  const bin = join(folder, 'bin');
  for (const path of [far, bin]) await mkdir(path, { recursive: true });
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  const key = (name: string): string => {
    const path = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    return path;
  };
  const [hostKey, userKey] = [key('host_key'), key('user_key')];
  const authorized = join(folder, 'authorized_keys');
  await writeFile(authorized, await readFile(`${userKey}.pub`));
  const port = ports.first + (next++ % ports.count);
  const logFile = join(folder, 'sshd.log');
  const sshdConfig = join(folder, 'sshd_config');
  await writeFile(
    sshdConfig,
    `ListenAddress 127.0.0.1:${port}
HostKey ${hostKey}
PidFile none
AuthorizedKeysFile ${authorized}
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
PermitRootLogin yes
SetEnv HOME=${far} PREFISH_HOME=${prefishHome}
${options.config ?? ''}
`,
  );
  const known = join(folder, 'known_hosts');
  const [type, hostPublic] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  await writeFile(known, `[127.0.0.1]:${port} ${type} ${hostPublic}\n`);
  const sshConfig = join(folder, 'ssh_config');
  await writeFile(
    sshConfig,
    `Host devbox
HostName 127.0.0.1
Port ${port}
User ${userInfo().username}
IdentityFile ${userKey}
IdentitiesOnly yes
UserKnownHostsFile ${known}
StrictHostKeyChecking yes
`,
  );
  const callsFile = join(folder, 'calls');
  await writeFile(callsFile, '');
  // ssh looks for its configuration in the home of the account, whatever HOME says.
  const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\necho >> ${callsFile}\nexec ${ssh} -F ${sshConfig} "$@"\n`, {
    mode: 0o755,
  });

  let sshd: ChildProcess | undefined;
  const host: SshHost = {
    name: 'devbox',
    url: 'ssh://devbox',
    home: far,
    prefishHome,
    env: { PATH: `${bin}${delimiter}${process.env['PATH']}` },
    async install() {
      const launcher = join(far, '.local', 'bin', 'prefish');
      await mkdir(dirname(launcher), { recursive: true });
      await writeFile(launcher, `#!/bin/sh\nexec ${process.execPath} ${command} "$@"\n`, { mode: 0o755 });
    },
    async installOther(info) {
      const program = join(far, 'other.mjs');
      const socket = join(folder, 's');
      await writeFile(
        program,
        `import { createServer } from 'node:http';
import { spawn } from 'node:child_process';
if (process.argv[2] === 'serve') {
  createServer((_, response) => response.end(${JSON.stringify(JSON.stringify(info))})).listen(${JSON.stringify(socket)}, () => process.send('ready'));
} else {
  const server = spawn(process.execPath, [import.meta.filename, 'serve'], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  server.once('message', () => {
    console.log(JSON.stringify({ running: true, socket: ${JSON.stringify(socket)} }));
    process.exit(0);
  });
}
`,
      );
      const launcher = join(far, '.local', 'bin', 'prefish');
      await mkdir(dirname(launcher), { recursive: true });
      await writeFile(launcher, `#!/bin/sh\nexec ${process.execPath} ${program}\n`, { mode: 0o755 });
    },
    async workspace(task) {
      const tasks = join(prefishHome, 'data', 'server');
      const found = await readdir(tasks, { recursive: true, withFileTypes: true });
      const file = found.find(({ name, parentPath }) => name === 'a.txt' && parentPath.includes(task));
      if (file === undefined) throw new Error(`no workspace of ${task} below ${tasks}`);
      return file.parentPath;
    },
    async start() {
      const program = existsSync('/usr/sbin/sshd') ? '/usr/sbin/sshd' : 'sshd';
      sshd = spawn(program, ['-D', '-f', sshdConfig, '-E', logFile], { stdio: 'ignore', detached: true });
      await until(() => accepts(port), `sshd on port ${port}`);
    },
    async stop() {
      if (sshd?.pid === undefined) return;
      const ended = once(sshd, 'exit');
      // Each connection has processes of its own in the group of the first.
      for (const pid of await groupOf(sshd.pid)) process.kill(pid, 'SIGKILL');
      await ended;
      sshd = undefined;
    },
    async freeze() {
      for (const pid of await groupOf(sshd!.pid!)) process.kill(pid, 'SIGSTOP');
    },
    calls: async () => (await readFile(callsFile)).length,
    log: () => readFile(logFile, 'utf8'),
    async [Symbol.asyncDispose]() {
      await endProcessesWithEnvironment(`PREFISH_HOME=${prefishHome}`);
      await host.stop();
    },
  };
  await host.start();
  return host;
}

/** The processes that keep connections of ssh to a host for the prefish of a home. ssh calls itself by their sockets. */
export async function connectionsOf(
  { prefishHome }: Pick<SandboxHome, 'prefishHome'>,
  host: Pick<SshHost, 'url'>,
): Promise<number[]> {
  const { control } = sshPaths(findFolders({ PREFISH_HOME: prefishHome }), host);
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const titles = await Promise.all(
    processes.map((pid) => readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')),
  );
  return processes.filter((_, index) => titles[index]!.includes(`${control} [mux]`)).map(Number);
}

/** The process and all that it started, and these, and so on. */
async function groupOf(root: number): Promise<number[]> {
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = listed
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [root];
  for (const pid of found)
    found.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  return found.toReversed();
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
