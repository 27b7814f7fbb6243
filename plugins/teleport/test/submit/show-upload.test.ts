import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { showUpload } from '../../src/submit/show-upload.ts';

type Where = Omit<Parameters<typeof showUpload>[0], 'out'>;

const terminal = { columns: 80, rows: 24, color: false };
const onTerminal = { origin: 'script', terminal, env: {} } as const;

/** An upload that is at 40 %, and what is said of it. */
function upload(where: Where, isTerminal = true) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const [written, rows]: [string[], (string | undefined)[]] = [[], []];
  let progress: { percent: number; bytes: number } | undefined = { percent: 40, bytes: 1.2 * 2 ** 20 };
  const out = {
    write: (text: string, stream?: string) => void (stream === 'stderr' && written.push(text)),
  };
  const services = {
    status: (_key: string, text: string | undefined) => void rows.push(text),
    uploads: { progressOf: () => progress },
  };
  const line = { id: 't1', line: '!npm test' };
  const hide = showUpload({ ...where, out }, services, line, isTerminal);
  return { written, rows, hide, arrive: () => (progress = undefined) };
}

describe('an upload that takes long', () => {
  test('is shown on a terminal, and nothing of it stays', () => {
    const { written, rows, hide } = upload(onTerminal);
    vi.advanceTimersByTime(999);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(400);
    expect(written).toEqual(Array.from({ length: 2 }, () => '\r\u001b[2Kuploading 40%, 1.2 MB'));
    hide();
    expect(written.at(-1)).toBe('\r\u001b[2K');
    const { length } = written;
    hide();
    expect(written).toHaveLength(length);
    expect(rows).toEqual([]);
  });

  test('is a row at the prompt, until it has arrived', () => {
    const { written, rows, hide, arrive } = upload({ ...onTerminal, origin: 'typed' });
    vi.advanceTimersByTime(1000);
    expect(rows).toEqual(['submitted (uploading 40%, 1.2 MB) · & !npm test']);
    arrive();
    vi.advanceTimersByTime(400);
    expect(rows.slice(1)).toEqual([undefined]);
    hide();
    expect(rows).toHaveLength(2);
    expect(written).toEqual([]);
  });

  test.each<[string, Where, boolean]>([
    ['where standard error is no terminal', onTerminal, false],
    ['where nobody watches', { origin: 'script', env: {} }, true],
    ['on a terminal that moves no cursor', { ...onTerminal, env: { TERM: 'dumb' } }, true],
  ])('is not shown %s', (_what, where, isTerminal) => {
    const { written, rows, hide } = upload(where, isTerminal);
    vi.advanceTimersByTime(5000);
    hide();
    expect([...written, ...rows]).toEqual([]);
  });
});
