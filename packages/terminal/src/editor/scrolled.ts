/** The part of a list that is shown. */
export interface Scrolled<T> {
  readonly items: readonly T[];
  /** The index of the first of {@link items}. */
  readonly first: number;
  /** Which of how many are shown, where not all are: a row of its own. */
  readonly count?: string;
}

/** As many items as `room` rows hold, the selected one among them; `first` is the one that was first before. */
export function scrolled<T>(
  items: readonly T[],
  { selected, first, room }: { readonly selected: number; readonly first: number; readonly room: number },
): Scrolled<T> {
  const { length } = items;
  if (room < 1) return { items: [], first: 0 };
  const seen = length <= room ? length : Math.max(1, room - 1);
  const from = Math.max(selected - seen + 1, Math.min(first, selected, length - seen), 0);
  const shown = { items: items.slice(from, from + seen), first: from };
  return seen < length && room > 1 ? { ...shown, count: `${from + 1}–${from + seen} of ${length}` } : shown;
}
