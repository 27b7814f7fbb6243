import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import { showUpload } from '../../src/submit/show-upload.ts';

const terminal = { columns: 80, rows: 24 };
const uploads = { progressOf: () => ({ percent: 40, size: '1.20 MiB' }) };

describe('an upload that takes long', () => {
  test('is shown on a terminal, and nothing of it stays', async () => {
    const written: string[] = [];
    const out = {
      write: (text: string, stream?: string) => void (stream === 'stderr' && written.push(text)),
    };
    const hide = showUpload({ origin: 'script', terminal, env: {}, out }, uploads, 't1', true);
    expect(written).toEqual([]);
    await until(async () => written.length >= 2, 'it to be shown again');
    hide();
    expect(written[0]).toBe('\r\u001b[2Kuploading 40%, 1.20 MiB');
    expect(written.at(-1)).toBe('\r\u001b[2K');
    const length = written.length;
    hide();
    expect(written.slice(length)).toEqual(['\r\u001b[2K']);
  });

  test.each([
    ['where no terminal is', 'script', {}, false],
    ['at the prompt', 'typed', {}, true],
    ['on a terminal that moves no cursor', 'script', { TERM: 'dumb' }, true],
  ] as const)('is not shown %s', (_where, origin, env, isTTY) => {
    const written: string[] = [];
    const out = { write: (text: string) => void written.push(text) };
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const hide = showUpload({ origin, terminal, env, out }, uploads, 't1', isTTY);
    vi.advanceTimersByTime(5000);
    hide();
    expect(written).toEqual([]);
  });
});
