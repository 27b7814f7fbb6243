import { formatDuration } from '@prefish/screen';
import { signal } from '@preact/signals';

/** The time, once a second for as long as somebody looks. */
export const now = signal(Date.now());
setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);

function tick(): void {
  if (document.hidden) return;
  now.value = Date.now();
  // What breathes does so with the seconds, in the same drawing: an animation costs sixty frames a second.
  document.documentElement.toggleAttribute('data-beat');
}

/** A span of time in two units at most: `42 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(seconds, 60, 'min', 's', 1);
  if (seconds < 86_400) return two(seconds, 3600, 'h', 'min', 60);
  return two(seconds, 86_400, 'd', 'h', 3600);
}

function two(seconds: number, unit: number, name: string, below: string, size: number): string {
  const rest = Math.floor((seconds % unit) / size);
  return `${Math.floor(seconds / unit)} ${name}${rest === 0 ? '' : ` ${rest} ${below}`}`;
}

/** How long something took, or has taken by now, as the terminal says it: `0:53`. */
export function elapsed(from: string, to?: string): string {
  return formatDuration((to === undefined ? now.value : Date.parse(to)) - Date.parse(from));
}

/** How long ago something was. */
export function ago(at: string): string {
  const past = now.value - Date.parse(at);
  return past < 60_000 ? 'just now' : `${span(past - (past % 60_000))} ago`;
}
