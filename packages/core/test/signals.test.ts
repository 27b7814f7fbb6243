import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { joinSignals, unlessAborted, whenAborted } from '../src/signals.ts';

const forever = new Promise<never>(() => {});
const listeners = (...controllers: readonly AbortController[]): number[] =>
  controllers.map(({ signal }) => getEventListeners(signal, 'abort').length);

describe('joined signals', () => {
  test.each([0, 1])('are aborted with number %i of two, for its reason', (which) => {
    const both = [new AbortController(), new AbortController()] as const;
    const { signal } = joinSignals(both[0].signal, undefined, both[1].signal);
    expect(signal.aborted).toBe(false);
    both[which]!.abort('this one');
    both[1 - which]!.abort('too late');
    expect(signal.reason).toBe('this one');
  });

  test.each([0, 1])('are aborted already when number %i was', (which) => {
    const both = [new AbortController(), new AbortController()] as const;
    both[which]!.abort('before');
    const { signal, stop } = joinSignals(both[0].signal, both[1].signal);
    expect(signal.reason).toBe('before');
    stop();
    expect(listeners(...both)).toEqual([0, 0]);
  });

  test('leave nothing behind, neither when they are aborted nor when they are stopped', () => {
    const both = [new AbortController(), new AbortController()] as const;
    const { signal, stop } = joinSignals(both[0].signal, both[1].signal);
    expect(listeners(...both)).toEqual([1, 1]);
    both[0].abort();
    expect(listeners(...both)).toEqual([0, 1]);
    stop();
    expect(listeners(...both)).toEqual([0, 0]);
    expect(signal.aborted).toBe(true);
  });

  test('are the one signal when there is one, and never aborted when there is none', () => {
    const { signal } = new AbortController();
    const one = joinSignals(undefined, signal);
    expect(one.signal).toBe(signal);
    one.stop();
    const none = joinSignals(undefined);
    expect(none.signal.aborted).toBe(false);
    none.stop();
  });
});

describe('waiting for a signal', () => {
  test('ends when it is aborted, at once when it was', async () => {
    const controller = new AbortController();
    const { aborted } = whenAborted(controller.signal);
    controller.abort();
    await aborted;
    await whenAborted(controller.signal).aborted;
    expect(listeners(controller)).toEqual([0]);
  });

  test('leaves nothing behind when it is stopped', () => {
    const controller = new AbortController();
    const { stop } = whenAborted(controller.signal);
    expect(listeners(controller)).toEqual([1]);
    stop();
    expect(listeners(controller)).toEqual([0]);
  });
});

describe('a promise, unless a signal is aborted', () => {
  test('ends as it does, and leaves nothing behind on the signal', async () => {
    const controller = new AbortController();
    expect(await unlessAborted(controller.signal, Promise.resolve(3))).toBe(3);
    await expect(unlessAborted(controller.signal, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(listeners(controller)).toEqual([0]);
  });

  test('rejects with the reason of the signal that comes first, or came before', async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(controller.signal, forever);
    controller.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await expect(unlessAborted(controller.signal, forever)).rejects.toThrow('interrupted');
  });
});
