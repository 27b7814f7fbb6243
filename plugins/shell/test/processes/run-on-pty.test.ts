import type { Host, LentTerminal } from '@prefish/core';
import { expect, test } from 'vitest';
import { testShell, until } from '../harness.ts';

/** A terminal without a person: what it shows is kept, keys and sizes are sent by the test. */
class Screen implements LentTerminal {
  columns = 80;
  rows = 24;
  text = '';
  lent = 0;
  /** What was typed and given back. */
  ahead = '';
  /** How long a write takes to reach the glass. */
  delayMs = 0;
  #input: (data: Buffer) => void = () => {};
  #resize: () => void = () => {};

  onInput(listener: (data: Buffer) => void): void {
    this.#input = listener;
  }
  onResize(listener: () => void): void {
    this.#resize = listener;
  }
  write(data: string | Uint8Array): boolean {
    this.text += Buffer.from(data as Uint8Array).toString();
    return false;
  }
  drained(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.delayMs));
  }
  unread(data: Buffer): void {
    this.ahead += data.toString();
  }
  type(keys: string): void {
    this.#input(Buffer.from(keys));
  }
  resize(columns: number, rows: number): void {
    Object.assign(this, { columns, rows });
    this.#resize();
  }
  get host(): Host {
    return {
      terminal: this,
      lendTerminal: async (use) => {
        this.lent += 1;
        return await use(this);
      },
    };
  }
}

test('a line has a terminal of the right size, and its output goes to the screen alone', async () => {
  const screen = new Screen();
  const { run, shell } = await testShell('/bin/bash', screen.host);
  const { exit, stdout } = await run('!test -t 0 && test -t 1 && stty size; cd /usr; exit 4');
  expect(exit).toEqual({ code: 4 });
  expect(screen.text).toBe('24 80\r\n');
  expect(stdout).toBe('');
  expect(shell.session.cwd).toBe('/usr');
  expect(screen.lent).toBe(1);
});

test('keys reach the program, and a new size does', async () => {
  const screen = new Screen();
  const { run } = await testShell('/bin/bash', screen.host);
  const running = run(
    '!until [ "$(stty size)" = "30 100" ]; do echo waiting; sleep 0.02; done; echo resized; read -r x; echo "got $x"',
  );
  await until(() => screen.text.includes('waiting'));
  screen.resize(100, 30);
  await until(() => screen.text.includes('resized'));
  screen.type('hällo\r');
  expect((await running).exit).toEqual({ code: 0 });
  expect(screen.text).toContain('got hällo');
});

test('what a program does not read is given back, also a line that is not finished and Ctrl+D', async () => {
  const screen = new Screen();
  const { run } = await testShell('/bin/bash', screen.host);
  const running = run('!echo ready; read -r x; echo "got $x"; sleep 0.1');
  await until(() => screen.text.includes('ready'));
  screen.type('one\r!echo two\rthr');
  await until(() => screen.text.includes('got one'));
  screen.type('ee\r\u0004fo');
  expect((await running).exit).toEqual({ code: 0 });
  expect(screen.ahead).toBe('!echo two\nthree\n\u0004fo');
});

test('Ctrl+C is the line discipline’s, and Ctrl+D ends the input', async () => {
  const screen = new Screen();
  const { run } = await testShell('/bin/bash', screen.host);
  const sleeping = run('!echo ready; sleep 65.25');
  await until(() => screen.text.includes('ready'));
  // Pressed again, as a person would: between fork and exec, a child of bash may lose the signal.
  const pressing = setInterval(() => screen.type('\x03'), 50);
  expect((await sleeping).exit).toEqual({ signal: 'SIGINT' });
  clearInterval(pressing);

  const reading = run('!echo again; cat');
  await until(() => screen.text.includes('again'));
  screen.type('\x04');
  expect((await reading).exit).toEqual({ code: 0 });
});

test.each([0, 150])('nothing is lost of a flood to a screen that needs %d ms for each write', async (ms) => {
  const screen = new Screen();
  screen.delayMs = ms;
  const { run } = await testShell('/bin/bash', screen.host);
  for (const lines of [1000, 100_000]) {
    screen.text = '';
    await run(`!seq 1 ${lines}`);
    expect(screen.text.split('\r\n')).toHaveLength(lines + 1);
    expect(screen.text.endsWith(`\r\n${lines}\r\n`)).toBe(true);
  }
});

test('the screen of a full-screen program that was killed is left', async () => {
  const screen = new Screen();
  const { run } = await testShell('/bin/bash', screen.host);
  await run(`!printf '\\033[?1049h\\033[?25lhalf'; kill -9 $$`);
  expect(screen.text).toMatch(/half\u001B\[\?1049l.*\u001B\[\?25h/);
  screen.text = '';
  await run(`!printf '\\033[?1049hwhole\\033[?1049l'`);
  expect(screen.text).toMatch(/whole\u001B\[\?1049l$/);
});

test.skipIf(process.platform !== 'linux')('Ctrl+C ends a program that was stopped', async () => {
  const screen = new Screen();
  const { run } = await testShell('/bin/bash', screen.host);
  const running = run(`!sh -c 'echo stops; kill -STOP $$; sleep 300'`);
  await until(() => screen.text.includes('stops'));
  let ended = false;
  void running.then(() => (ended = true));
  await until(() => {
    screen.type('\u0003');
    return ended;
  });
  expect((await running).exit).toEqual({ signal: 'SIGINT' });
});

test('an abort ends the program that has the terminal', async () => {
  const screen = new Screen();
  const { run } = await testShell('/bin/bash', screen.host);
  const abort = new AbortController();
  const running = run('!trap "" INT; echo ready; while :; do sleep 0.05; done', abort.signal);
  await until(() => screen.text.includes('ready'));
  abort.abort();
  expect((await running).exit).toEqual({ signal: 'SIGTERM' });
});
