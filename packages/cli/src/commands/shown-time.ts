/** The day of a time that is ISO 8601 UTC. */
export function dateOf(time: string): string {
  return time.slice(0, 10);
}

/** The time of day, on the clock of this machine. */
export function timeOf(time: string): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
