import { inPlugin } from '../attribution.ts';
import type { TaskAction, TaskSource } from '../task-source.ts';

/** The source with every call into it known as `plugin`'s. */
export function attributedSource(source: TaskSource, plugin: string): TaskSource {
  const { id, title } = source;
  const called = <T>(method: string, call: () => T): T => inPlugin(plugin, `source ${id} ${method}`, call);
  const iterated = <T>(method: string, start: () => AsyncIterable<T>): AsyncIterable<T> => {
    const iterable = called(method, start);
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = called(method, () => iterable[Symbol.asyncIterator]());
        return {
          next: () => called(method, () => iterator.next()),
          return: async () =>
            (await called(method, () => iterator.return?.())) ?? { done: true, value: undefined },
        };
      },
    };
  };
  const attributed: TaskSource = {
    id,
    title,
    list: async (query, signal) => called('list', () => source.list(query, signal)),
    get: async (reference, signal) => called('get', () => source.get(reference, signal)),
    get actions() {
      return source.actions.map((action) => attributedAction(action, id, plugin));
    },
  };
  if (source.watch !== undefined) {
    attributed.watch = (signal) => iterated('watch', () => source.watch!(signal));
  }
  if (source.events !== undefined) {
    attributed.events = (task, query, signal) =>
      iterated('events', () => source.events!(task, query, signal));
  }
  return attributed;
}

function attributedAction(action: TaskAction, source: string, plugin: string): TaskAction {
  const { applies } = action;
  const hook = `source ${source} action ${action.name}`;
  return {
    ...action,
    ...(applies === undefined
      ? {}
      : { applies: (task) => inPlugin(plugin, hook, () => applies.call(action, task)) }),
    run: (task, args, context) => inPlugin(plugin, hook, () => action.run(task, args, context)),
  };
}
