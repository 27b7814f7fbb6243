import type { EventBody, Out } from '@prefish/core';

/** Where a line that is being sent says things. */
export interface Delayed {
  readonly out: Out;
  /** Says what has waited. */
  release(): void;
}

/** `out`, but that what is said before the `state` of a task comes after it: scripts rely on the state being first. */
export function afterSubmission(out: Out): Delayed {
  let waiting: (() => void)[] | undefined = [];
  const release = (): void => {
    const said = waiting ?? [];
    waiting = undefined;
    for (const say of said) say();
  };
  const later = (say: () => void): void => {
    if (waiting === undefined) say();
    else waiting.push(say);
  };
  return {
    out: {
      ...out,
      write: (text, stream) => later(() => out.write(text, stream)),
      line: (text) => later(() => out.line(text)),
      warn: (code, message, hint) => later(() => out.warn(code, message, hint)),
      event(event: EventBody & { readonly task?: string }) {
        if (event.type !== 'state') return later(() => out.event(event));
        out.event(event);
        release();
      },
    },
    release,
  };
}
