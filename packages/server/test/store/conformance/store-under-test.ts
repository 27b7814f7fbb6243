import { isPrefishError, type Event, type EventBody, type Task } from '@prefish/protocol';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Claim, Store } from '../../../src/store/store.ts';
import { request } from '../../fixtures/request.ts';

/** What a test of any store works on. */
export interface StoreUnderTest {
  /** An empty one for each test. */
  readonly store: Store;
  /** Another empty one. */
  readonly open: OpenStore;
  /** So many tasks of one owner are many. */
  readonly crowd: number;
  /** Submits a task of nobody in particular. */
  submit(changes?: Parameters<typeof request>[0]): Promise<Task>;
  /** Submits a task, and takes it. */
  working(changes?: Parameters<typeof request>[0]): Promise<Claim>;
}

/** Opens an empty store. */
export type OpenStore = (options: { readonly transcriptLimit?: number }) => Store | Promise<Store>;

export const defaults = { owner: '', place: 'this machine', sandbox: 'bwrap' } as const;

export const output = (text: string): EventBody => ({ type: 'output', stream: 'stdout', text });

/** How a call ended: the code of its error, or `resolved`. */
export const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error) => (isPrefishError(error) ? error.code : String(error)),
  );

/** The types of events, those of a state by its name. */
export const types = (events: readonly Event[]): string[] =>
  events.map((event) => (event.type === 'state' ? event.state : event.type));

/** A store for each test of the `describe` that this is called in. */
export function storeUnderTest(open: OpenStore, crowd: number): StoreUnderTest {
  let store: Store;
  beforeEach(async () => {
    store = await open({});
  });
  afterEach(() => store.close());
  const submit: StoreUnderTest['submit'] = async (changes = {}) =>
    (await store.submit(request(changes), defaults)).task;
  return {
    get store() {
      return store;
    },
    open,
    crowd,
    submit,
    async working(changes = {}) {
      const { id } = await submit(changes);
      const claim = await store.claim('worker', 10);
      expect(claim?.task.id).toBe(id);
      return claim!;
    },
  };
}
