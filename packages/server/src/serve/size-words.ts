/** A size for people, in powers of 1024: `3.0 MiB`, `20.0 GiB`. */
export function describeSize(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
