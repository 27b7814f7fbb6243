import type { Event, Task } from '@prefish/protocol';

const encoder = new TextEncoder();

/** The task as it is, in the format of https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function taskFrame(task: Task): Uint8Array {
  return encoder.encode(`event: task\ndata: ${JSON.stringify(task)}\n\n`);
}

/** Events in order; a reader that comes back names the last `id` it has seen. */
export function eventFrames(events: readonly Event[]): Uint8Array {
  return encoder.encode(
    events.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  );
}

/** From here on no change of the list is missed. */
export const readyFrame: Uint8Array = encoder.encode('event: ready\ndata: {}\n\n');

/** A task that was forgotten. */
export function removedFrame(id: string): Uint8Array {
  return encoder.encode(`event: removed\ndata: ${JSON.stringify({ id })}\n\n`);
}

/** The task has ended and everything was sent. */
export const endFrame: Uint8Array = encoder.encode('event: end\ndata: {}\n\n');

/** Tells both ends that the other one is still there. */
export const keepAliveFrame: Uint8Array = encoder.encode(': keep-alive\n\n');
