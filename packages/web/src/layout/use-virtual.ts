import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { printing } from './printing.ts';

type Options = Omit<
  VirtualizerOptions<HTMLElement, HTMLElement>,
  'scrollToFn' | 'observeElementRect' | 'observeElementOffset' | 'onChange'
>;

/** How many rows are printed. */
const mostPrinted = 2000;

const printed = ({ count }: Range): number[] =>
  Array.from({ length: Math.min(count, mostPrinted) }, (_, index) => index);

/** A virtual list in a component: rows that cannot be seen are not there, but on paper. */
export function useVirtual(options: Options): Virtualizer<HTMLElement, HTMLElement> {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const drawn = useRef<readonly unknown[]>([]);
  const whole = {
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    rangeExtractor: printing.value ? printed : defaultRangeExtractor,
    ...options,
    // Told of every scroll, and of its end; the same array says that the same rows stay where they are.
    onChange: (changed: Virtualizer<HTMLElement, HTMLElement>) => {
      if (changed.getVirtualItems() !== drawn.current) render(undefined);
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(whole));
  virtualizer.setOptions(whole);
  drawn.current = virtualizer.getVirtualItems();
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
