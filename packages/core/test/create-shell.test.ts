import { describe, expect, test } from 'vitest';
import { pass, type Outcome } from '../src/index.ts';
import { plugin, printed, startShell } from './start-shell.ts';

const echo = (id: string, token: string): ReturnType<typeof plugin> =>
  plugin(`${id}-plugin`, (shell) =>
    shell.prefix({
      id,
      token,
      summary: id,
      run: (body, { out }) => {
        out.line(`${id}:${body}`);
        return { type: 'ok' };
      },
    }),
  );

describe('a shell', () => {
  test('hands the body to the owner of the token and numbers what happens', async () => {
    await using t = await startShell([echo('echo', '>')]);
    const settled = await t.shell.submit('> hello', { origin: 'typed' });
    expect(settled).toMatchObject({ exit: { code: 0 }, input: { text: '> hello', origin: 'typed' } });
    expect(t.events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'output'],
      [2, 'exit'],
    ]);
    expect(printed(t.events)).toBe('echo:hello\n');
  });

  test('gives plain text to the owner of the empty token', async () => {
    await using t = await startShell([echo('agent', ''), echo('echo', '>')]);
    await t.shell.submit('hello');
    await t.shell.submit('\\> hello');
    await t.shell.submit('/unknown x');
    expect(printed(t.events)).toBe('agent:hello\nagent:> hello\nagent:/unknown x\n');
  });

  test('refuses plain text that nobody takes, and says what there is', async () => {
    await using t = await startShell([echo('echo', '>')]);
    const { exit } = await t.shell.submit('hello');
    expect(exit).toEqual({ code: 2 });
    expect(t.events[0]).toMatchObject({
      type: 'error',
      code: 'PREFISH_NO_OWNER',
      hint: expect.stringContaining('>'),
    });
  });

  test.each([
    [' > x', '> x'],
    ['', '>'],
    ['list', '/list'],
    ['list all', '/list'],
    ['/lsit', '/list'],
    ['listing', '>'],
    ['exit', 'Ctrl+D'],
  ])('says to %j what it may have meant', async (line, hint) => {
    const lister = plugin('lister', (shell) =>
      shell.command({ name: 'list', summary: '', run: () => ({ type: 'ok' }) }),
    );
    await using t = await startShell([echo('echo', '>'), lister]);
    await t.shell.submit(line);
    expect(t.events[0]).toMatchObject({
      type: 'error',
      code: 'PREFISH_NO_OWNER',
      hint: expect.stringContaining(hint),
    });
  });

  test('? alone is /help, unless a prefix owns it', async () => {
    const helper = plugin('helper', (shell) =>
      shell.command({
        name: 'help',
        summary: '',
        run: (_, { out }) => (out.line('helped'), { type: 'ok' }),
      }),
    );
    await using t = await startShell([helper, echo('agent', '')]);
    for (const line of ['?', '? x', '\\?']) await t.shell.submit(line);
    expect(printed(t.events)).toBe('helped\nagent:? x\nagent:?\n');
    await using owned = await startShell([helper, echo('ask', '?')]);
    await owned.shell.submit('?');
    expect(printed(owned.events)).toBe('ask:\n');
  });

  test.each([
    [{ a: '$' }, '"a" has $ now', 'Write $ in place of >'],
    [{ a: ['$', '%%'] }, '"a" has $ and %% now', 'Write $ in place of >'],
    [{ a: false }, '"a" is switched off', '\\>'],
  ] as const)('%j gives a token up: lines with it are refused, and say so', async (prefixes, why, hint) => {
    await using t = await startShell([echo('a', '>'), echo('agent', '')], { prefixes });
    const { result, exit } = await t.shell.submit('> x');
    expect(exit).toEqual({ code: 2 });
    expect(result).toMatchObject({
      code: 'PREFISH_PREFIX_UNAVAILABLE',
      message: expect.stringContaining(why),
      hint: expect.stringContaining(hint),
    });
    await t.shell.submit('\\> x');
    expect(printed(t.events)).toBe('agent:> x\n');
  });

  test('a given-up token is free for another prefix, and refused again when that is unloaded', async () => {
    await using t = await startShell([echo('a', '>'), echo('agent', '')], { prefixes: { a: '$' } });
    await t.shell.load(echo('b', '>'));
    await t.shell.submit('> x');
    await t.shell.unload('b-plugin');
    expect((await t.shell.submit('> x')).result).toMatchObject({ code: 'PREFISH_PREFIX_UNAVAILABLE' });
    expect(printed(t.events)).toBe('b:x\n');
  });

  test('better words for a given-up token win', async () => {
    await using t = await startShell([echo('a', '>')], {
      prefixes: { a: '$' },
      refused: [{ token: '>', reason: 'prefish.config.yaml says so' }],
    });
    expect((await t.shell.submit('> x')).result).toMatchObject({
      message: expect.stringContaining('prefish.config.yaml says so'),
    });
  });

  test('a prefix may pass: the whole line goes on as plain text', async () => {
    const choosy = plugin('choosy', (shell) =>
      shell.prefix({ id: 'choosy', token: '?', summary: '', run: () => pass }),
    );
    await using t = await startShell([choosy, echo('agent', '')]);
    await t.shell.submit('?  what');
    expect(printed(t.events)).toBe('agent:?  what\n');
  });

  test('a line that is passed on goes past the policies as the text that it is', async () => {
    const heard: string[] = [];
    const choosy = plugin('choosy', (shell) =>
      shell.prefix({ id: 'choosy', token: '?', summary: '', run: () => pass }),
    );
    const policy = plugin('policy', ({ hooks }) => {
      hooks.dispatch.tap('no text', (line) => {
        heard.push(`dispatch ${line.kind}`);
        return line.kind === 'text' && line.body === '? no' ? { type: 'denied', reason: 'No' } : undefined;
      });
      hooks.settled.tap('hear', (line) => void heard.push(`settled ${line.kind}`));
    });
    await using t = await startShell([choosy, policy, echo('agent', '')]);
    await t.shell.submit('? yes');
    expect(heard).toEqual(['dispatch prefix', 'dispatch text', 'settled text']);
    expect((await t.shell.submit('? no')).result).toEqual({ type: 'denied', reason: 'No' });
    expect(printed(t.events)).toBe('agent:? yes\n');
  });

  test('says who did not take plain text, asks once, and lists tokens only', async () => {
    let asked = 0;
    const agent = plugin('agent-plugin', (shell) =>
      shell.prefix({ id: 'agent', token: '', summary: '', run: () => (asked++, pass) }),
    );
    await using t = await startShell([agent, echo('echo', '>')]);
    const { result } = await t.shell.submit('hello');
    expect(asked).toBe(1);
    expect(result).toMatchObject({
      code: 'PREFISH_NO_OWNER',
      message: 'agent-plugin did not take the line, and nobody else takes plain text: hello',
      hint: 'Begin the line with one of > (echo)',
    });
  });

  test('without any prefix, the hint does not list nothing', async () => {
    await using t = await startShell([]);
    expect((await t.shell.submit('hello')).result).toMatchObject({
      code: 'PREFISH_NO_OWNER',
      hint: 'No plugin that is loaded takes lines.',
    });
  });

  test('says why plain text goes nowhere when its owner failed to load', async () => {
    const broken = plugin('agent-plugin', (shell) => {
      shell.prefix({ id: 'agent', token: '', summary: '', run: () => ({ type: 'ok' }) });
      throw new Error('no program');
    });
    await using t = await startShell([broken, echo('echo', '>')]);
    const { result } = await t.shell.submit('hello');
    expect(result).toMatchObject({
      code: 'PREFISH_PREFIX_UNAVAILABLE',
      message: expect.stringMatching(/^Plain text goes nowhere: agent-plugin failed to load: .*no program/),
    });
    expect(t.shell.explain('hello').refused).toMatchObject({ code: 'PREFISH_PREFIX_UNAVAILABLE' });
  });

  test('explains what a line may have meant, though somebody takes plain text', async () => {
    const lister = plugin('lister', (shell) =>
      shell.command({ name: 'list', summary: '', run: () => ({ type: 'ok' }) }),
    );
    await using t = await startShell([echo('agent', ''), lister, echo('echo', '>')]);
    expect(t.shell.explain('/lsit')).toMatchObject({ prefix: { id: 'agent' }, hint: 'Did you mean /list?' });
    expect(t.shell.explain(' > x').hint).toContain('nothing stands before it');
    expect(t.shell.explain('list').hint).toBeUndefined();
    expect(t.shell.explain('/list').hint).toBeUndefined();
  });

  test('two claims on one token disable it for both, name both and give the line that settles it', async () => {
    await using t = await startShell([echo('a', '>'), echo('b', '>'), echo('agent', '')]);
    const { exit } = await t.shell.submit('> x');
    expect(exit).toEqual({ code: 2 });
    expect(t.events[1]).toMatchObject({
      type: 'error',
      code: 'PREFISH_TOKEN_CONFLICT',
      message: expect.stringMatching(/a-plugin.*b-plugin/),
      hint: expect.stringContaining('prefixes: { "b"'),
    });
    expect((await t.shell.submit('plain')).exit).toEqual({ code: 0 });
  });

  test('configuration renames, adds and removes tokens by id', async () => {
    await using t = await startShell([echo('a', '>'), echo('b', '>')], {
      prefixes: { a: ['$', '%%'], b: false },
    });
    for (const line of ['$1', '%%2']) await t.shell.submit(line);
    expect(printed(t.events)).toBe('a:1\na:2\n');
    expect(t.shell.explain('x')).toMatchObject({ body: 'x', refused: { code: 'PREFISH_NO_OWNER' } });
  });

  test('explains leading options, and what is wrong with them', async () => {
    const optional = plugin('optional', (shell) =>
      shell.prefix({
        id: 'optional',
        token: '%',
        summary: 'With options',
        args: { times: { type: 'string' } },
        run: () => ({ type: 'ok' }),
      }),
    );
    await using t = await startShell([optional]);
    expect(t.shell.explain('% --times 3  hi')).toMatchObject({
      body: '--times 3  hi',
      args: { values: { times: '3' }, body: ' hi' },
    });
    expect(t.shell.explain('% --tmies 3 hi')).toMatchObject({ refused: { code: 'PREFISH_OPTION_UNKNOWN' } });
  });

  test('a prefix that ought to be there is refused, never sent elsewhere', async () => {
    await using t = await startShell([echo('agent', '')], {
      expected: [{ id: 'teleport', token: '&', plugin: 'teleport-plugin' }],
    });
    const { exit } = await t.shell.submit('& deploy');
    expect(exit).toEqual({ code: 2 });
    expect(t.events[0]).toMatchObject({
      code: 'PREFISH_PREFIX_UNAVAILABLE',
      message: expect.stringContaining('teleport-plugin'),
    });
    expect(printed(t.events)).toBe('');
  });

  test('forwards, and stops a circle', async () => {
    const alias = plugin('alias', (shell) => {
      shell.prefix({
        id: 'alias',
        token: '@',
        summary: '',
        run: (body): Outcome => ({ type: 'forward', text: `>${body}` }),
      });
      shell.prefix({
        id: 'circle',
        token: '%',
        summary: '',
        run: (): Outcome => ({ type: 'forward', text: '%' }),
      });
    });
    await using t = await startShell([alias, echo('echo', '>')]);
    await t.shell.submit('@x');
    expect(printed(t.events)).toBe('echo:x\n');
    expect((await t.shell.submit('%')).exit).toEqual({ code: 2 });
  });

  test('runs commands from the line and from words, with their options', async () => {
    const tool = plugin('tool', (shell) =>
      shell.command({
        name: 'tool',
        summary: '',
        run: () => ({ type: 'ok' }),
        subcommands: [
          {
            name: 'say',
            summary: '',
            positionals: [{ name: 'TEXT' }],
            args: { loud: { type: 'boolean' } },
            run: ({ values, positionals }, { out }) => {
              out.line(JSON.stringify([values, positionals]));
              return { type: 'ok' };
            },
          },
        ],
      }),
    );
    await using t = await startShell([tool]);
    await t.shell.submit('/tool say "a b" --loud');
    await t.shell.runCommand('tool', ['say', 'a b', '--loud']);
    expect(printed(t.events)).toBe('[{"loud":true},["a b"]]\n'.repeat(2));
    for (const line of ['/tool say', '/tool say a b', '/tool say a --quiet', '/tool sya']) {
      expect((await t.shell.submit(line)).exit, line).toEqual({ code: 2 });
    }
    expect((await t.shell.runCommand('tol', [])).result).toMatchObject({ code: 'PREFISH_UNKNOWN_COMMAND' });
  });

  test('lists commands by their rank, those of the same one as they were registered', async () => {
    const commands = plugin('commands', (shell) => {
      for (const [name, rank] of [
        ['last', 2],
        ['one', undefined],
        ['first', -1],
        ['two', 0],
      ] as const)
        shell.command({
          name,
          summary: '',
          ...(rank === undefined ? {} : { rank }),
          run: () => ({ type: 'ok' }),
        });
    });
    await using t = await startShell([commands]);
    const names = ['first', 'one', 'two', 'last'];
    expect(t.shell.commands.map(({ name }) => name)).toEqual(names);
    expect((await t.shell.complete('/', 1)).map(({ insert }) => insert)).toEqual(
      names.map((name) => `/${name}`),
    );
  });

  test('one line leaves its folder and variables to the next; the process keeps its own', async () => {
    const mover = plugin('mover', (shell) =>
      shell.prefix({
        id: 'cd',
        token: '>',
        summary: '',
        run: (body, { session }) => {
          session.changeFolder(body);
          session.setEnv({ ...session.env, HERE: body });
          return { type: 'ok' };
        },
      }),
    );
    await using t = await startShell([mover], { cwd: '/', env: {} });
    await t.shell.submit('> usr');
    expect(t.shell.session).toMatchObject({ cwd: '/usr', env: { HERE: 'usr' } });
    expect(await t.shell.submit('> nowhere')).toMatchObject({
      exit: { code: 2 },
      result: { code: 'PREFISH_NOT_A_FOLDER' },
    });
    expect(t.shell.session.cwd).toBe('/usr');
    expect(process.env['HERE']).toBeUndefined();
  });

  test('has the variables of the process unless it is given others, and says its news to the host', async () => {
    const news: string[] = [];
    const teller = plugin('teller', (shell) => {
      shell.notify('it is later');
      shell.prefix({
        id: 'env',
        token: '>',
        summary: '',
        run: (_, { env }) => ({ type: 'ok', data: { ...env } }),
      });
    });
    const host = { notice: (message: string) => void news.push(message) };
    await using t = await startShell([teller], { host });
    expect((await t.shell.submit('>')).result).toEqual({ type: 'ok', data: { ...process.env } });
    await using own = await startShell([teller], { env: { A: '1' } });
    expect((await own.shell.submit('>')).result).toEqual({ type: 'ok', data: { A: '1' } });
    expect(news).toEqual(['it is later']);
  });

  test('shows how things are beside the lines, each of a plugin its own, and takes it away with the plugin', async () => {
    const rows: [string, string | undefined][] = [];
    const host = { status: (key: string, text: string | undefined) => void rows.push([key, text]) };
    const [one, two] = ['one', 'two'].map((name) =>
      plugin(name, (shell) => {
        shell.status('a', `${name} begins`);
        shell.status('b', `${name} goes on`);
        shell.status('b', undefined);
      }),
    ) as [ReturnType<typeof plugin>, ReturnType<typeof plugin>];
    const t = await startShell([one, two], { host });
    await t.shell.close();
    const of = (name: string): unknown[] =>
      rows.filter(([key]) => key.startsWith(name)).map(([, text]) => text);
    for (const name of ['one', 'two'])
      expect(of(name)).toEqual([`${name} begins`, `${name} goes on`, undefined, undefined]);
    expect(new Set(rows.map(([key]) => key)).size).toBe(4);
  });

  test('waits for its lines when it closes, and takes none afterwards', async () => {
    const ends: string[] = [];
    const started = Promise.withResolvers<void>();
    const t = await startShell([
      plugin('slow', (shell) =>
        shell.prefix({
          id: 'slow',
          token: '>',
          summary: '',
          run: async (_, { signal }) => {
            started.resolve();
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            await new Promise(setImmediate);
            ends.push('line');
            return { type: 'ok' };
          },
        }),
      ),
    ]);
    const line = t.shell.submit('>');
    await started.promise;
    await t.shell.close();
    ends.push('shell');
    await line;
    expect(ends).toEqual(['line', 'shell']);
    expect((await t.shell.submit('>')).result).toMatchObject({ code: 'PREFISH_INTERRUPTED' });
  });

  test('several shells in one process know nothing of each other', async () => {
    await using a = await startShell([echo('a', '>')]);
    await using b = await startShell([echo('b', '>')]);
    await Promise.all([a.shell.submit('> x'), b.shell.submit('> y')]);
    expect([printed(a.events), printed(b.events)]).toEqual(['a:x\n', 'b:y\n']);
  });
});
