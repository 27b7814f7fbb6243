/** A number of bytes for people: `19.2 GB`, `512 MB`. */
export function inGigabytes(bytes: number): string {
  const [unit, name] = bytes >= 2 ** 30 ? ([2 ** 30, 'GB'] as const) : ([2 ** 20, 'MB'] as const);
  return `${Number((bytes / unit).toFixed(1))} ${name}`;
}
