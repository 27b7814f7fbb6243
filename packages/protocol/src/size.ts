const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
/** As the configuration reads them: `disk: 20 GB` is shown as `20 GB`. */
const step = 1024;

/** A number of bytes for people, wherever one is said: `912 B`, `1.7 KB`, `477 MB`, `20 GB`. A KB has 1024 bytes. */
export function formatBytes(bytes: number): string {
  let [amount, unit] = [bytes, 0];
  for (; rounded(amount) >= step && unit < units.length - 1; unit++) amount /= step;
  return `${rounded(amount)} ${units[unit]}`;
}

/** To three digits, or to what is whole. */
function rounded(amount: number): number {
  return Number(amount.toFixed(amount < 99.95 ? 1 : 0));
}
