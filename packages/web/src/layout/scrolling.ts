/** What scrolls of what the page is about: what a task says or changed, its attempts, the account, the list. */
const scrolled = (): Element | null =>
  document.querySelector(
    '.transcript-scroller, .attempts, .diff-files, .view-account .detail, .view-tasks .tasks-scroller',
  );

/** Scrolls by so many pixels. */
export function scrollByPixels(pixels: number): void {
  scrolled()?.scrollBy({ top: pixels });
}

/** Scrolls by what is seen at once, but where the focus is: a browser does so by itself there. */
export function scrollByPage(direction: 1 | -1): boolean {
  if (isWithin()) return false;
  const box = scrolled();
  box?.scrollBy({ top: direction * box.clientHeight * 0.9 });
  return true;
}

/** Scrolls by a few lines, but where the focus is. */
export function scrollByLines(direction: 1 | -1): boolean {
  if (isWithin()) return false;
  scrollByPixels(direction * 60);
  return true;
}

/** Scrolls to the beginning or the end. */
export function scrollToEnd(end: 'first' | 'last'): void {
  const box = scrolled();
  box?.scrollTo({ top: end === 'first' ? 0 : box.scrollHeight, behavior: 'instant' });
}

const isWithin = (): boolean => scrolled()?.contains(document.activeElement) === true;
