import type { ComponentChildren, JSX } from 'preact';

/** The lines of a drawing, in the colour of the text around it. Whoever does not see it reads what stands beside. */
export function Icon({
  class: name = '',
  children,
}: {
  readonly class?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <svg
      class={`icon ${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const BackIcon = (): JSX.Element => (
  <Icon>
    <path d="M10 3 5 8l5 5" />
  </Icon>
);

export const DownIcon = (): JSX.Element => (
  <Icon>
    <path d="M8 2.5v10M3.5 8.5 8 13l4.5-4.5" />
  </Icon>
);

export const SearchIcon = (): JSX.Element => (
  <Icon class="icon-search">
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3 3" />
  </Icon>
);

export const CloseIcon = (): JSX.Element => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
