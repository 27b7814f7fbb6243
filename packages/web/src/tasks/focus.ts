/** Whether nothing that is seen has the focus: what had it is gone. */
export function isFocusLost(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || !activeElement.checkVisibility();
}

/** The id of the task of the list that has the focus. */
export function focusedTask(): string | undefined {
  return (document.activeElement as HTMLElement | null)?.dataset['task'];
}

/**
 * Puts the focus on the next or the previous row that is there; `0` on the open task, or the first. Rows
 * that come into view as the list scrolls are there before they are seen.
 */
export function moveFocus(step: -1 | 0 | 1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.task-row')];
  const ordered = rows.sort((a, b) => positionOf(a) - positionOf(b));
  const at = ordered.findIndex((row) => row === document.activeElement);
  const current = ordered.findIndex((row) => row.getAttribute('aria-current') === 'page');
  const next = at >= 0 ? at + step : Math.max(0, current);
  const target = ordered[Math.max(0, Math.min(ordered.length - 1, next))];
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}

function positionOf(row: HTMLElement): number {
  return Number(row.parentElement?.getAttribute('aria-posinset'));
}
