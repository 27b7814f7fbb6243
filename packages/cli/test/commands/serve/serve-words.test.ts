import { describe, expect, test } from 'vitest';
import { readServeWords } from '../../../src/commands/serve/serve-words.ts';

const url = 'postgres://prefish@db.example.com/prefish';

describe('the database of prefish serve', () => {
  test('is named on the command line or in the environment, and the command line wins', () => {
    expect(readServeWords(['--database', url], {}).database).toBe(url);
    expect(readServeWords([], { PREFISH_DATABASE: url }).database).toBe(url);
    const socket = 'postgresql://prefish@/prefish?host=%2Frun%2Fpostgresql';
    expect(readServeWords(['--database', socket], { PREFISH_DATABASE: url }).database).toBe(socket);
    expect(readServeWords([], { PREFISH_DATABASE: '' })).not.toHaveProperty('database');
  });

  test.each(['mysql://db/prefish', 'db.example.com', 'postgres://[bad'])('is not %s', (text) => {
    expect(() => readServeWords(['--database', text], {})).toThrow(
      expect.objectContaining({ code: 'PREFISH_USAGE', hint: expect.stringContaining('postgres://') }),
    );
  });

  test('leaves tasks to other workers where that is asked for, and only then', () => {
    expect(readServeWords(['--database', url, '--workers', '0'], {}).concurrency).toBe(0);
    expect(readServeWords(['--database', url, '--workers', '3'], {}).concurrency).toBe(3);
    for (const words of [
      ['--workers', '0'],
      ['--concurrency', '0'],
      ['--database', url, '--workers', 'x'],
    ]) {
      expect(() => readServeWords(words, {})).toThrow(expect.objectContaining({ code: 'PREFISH_USAGE' }));
    }
  });
});

describe('the limits of prefish serve', () => {
  test('are read from its words', () => {
    const words =
      '--running-per-account 3 --audit-days 30 --audit-lines 1000 --drain 60 --disk-per-account 5G';
    expect(readServeWords(words.split(' '), {})).toMatchObject({
      serve: { limits: { running: 3, disk: 5 * 2 ** 30 }, audit: { days: 30, lines: 1000 } },
      drain: 60_000,
    });
    expect(readServeWords([], {})).not.toHaveProperty('drain');
    for (const option of ['--running-per-account', '--audit-days', '--audit-lines', '--drain']) {
      expect(() => readServeWords([option, '0'], {}), option).toThrow(
        expect.objectContaining({ code: 'PREFISH_USAGE', message: expect.stringContaining(option) }),
      );
    }
  });
});
