const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes for people: `912 B`, `48 KB`, `1.5 GB`. */
export function size(bytes: number): string {
  let [amount, unit] = [bytes, 0];
  for (; amount >= 999.5 && unit < units.length - 1; unit++) amount /= 1000;
  return `${unit > 0 && amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${units[unit]}`;
}
