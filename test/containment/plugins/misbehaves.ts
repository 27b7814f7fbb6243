/** A plugin that does what none should, each at a word of its own: `^late`. */
import { definePlugin, type Outcome, type PluginFactory, type RunContext } from '@prefish/core';

type Deed = (context: RunContext) => Outcome | Promise<Outcome>;

const ok: Outcome = { type: 'ok' };

const deeds: Record<string, Deed> = {
  throws: () => {
    throw new Error('boom');
  },
  late: () => {
    setTimeout(() => {
      throw new Error('boom later');
    }, 5);
    return ok;
  },
  rejects: () => {
    void Promise.reject(new Error('boom unawaited'));
    return ok;
  },
  twice: () => {
    setTimeout(() => {
      throw new Error('boom afterwards');
    }, 5);
    throw new Error('boom at once');
  },
  often: () => {
    setInterval(() => {
      throw new Error('boom again');
    }, 10);
    return ok;
  },
  prints: () => {
    console.log('\u001B[2Jprinted');
    process.stderr.write('printed too\n');
    console.error('and once more');
    return ok;
  },
  exits: () => process.exit(7),
  'really-exits': () => (process as unknown as { reallyExit(code: number): never }).reallyExit(7),
  aborts: () => process.abort(),
  kills: () => {
    process.kill(process.pid, 'SIGKILL');
    return ok;
  },
  'exits-later': () => {
    setTimeout(() => process.exit(7), 5);
    return ok;
  },
  'sets-exit-code': () => {
    process.exitCode = 7;
    process.on('exit', () => {
      process.exitCode = 8;
      throw new Error('boom at the end');
    });
    return ok;
  },
  moves: () => {
    process.chdir('/');
    return ok;
  },
  closes: () => {
    process.stdout.end('closing words\n');
    process.stdout.destroy();
    return ok;
  },
  hangs: ({ out }) => {
    out.line('hanging');
    return new Promise<Outcome>(() => {});
  },
};

const plugin: PluginFactory<undefined> = definePlugin({
  name: 'prefish-plugin-misbehaves',
  api: '^1',
  setup(shell) {
    for (const [word, deed] of Object.entries(deeds)) {
      shell.prefix({
        id: word,
        token: `^${word}`,
        summary: `It ${word}`,
        run: (_, context) => deed(context),
      });
    }
  },
});

export default plugin;
