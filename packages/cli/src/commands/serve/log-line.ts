/** Writes what a server or a worker has to say to standard error, one JSON object a line. */
export function logLine(
  level: string,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
}
