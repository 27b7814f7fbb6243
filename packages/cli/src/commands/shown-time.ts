/** The day of a time that is ISO 8601 UTC, on the calendar of this machine: `2026-01-31`. */
export function dateOf(time: string): string {
  return new Date(time).toLocaleDateString('sv-SE');
}

/** The time of day, on the clock of this machine: `17:05`. */
export function timeOf(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
