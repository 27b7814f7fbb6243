import { signal } from '@preact/signals';

/** Whether the page is put on paper: nobody scrolls there. */
export const printing = signal(false);

addEventListener('beforeprint', () => {
  printing.value = true;
});
addEventListener('afterprint', () => {
  printing.value = false;
});
