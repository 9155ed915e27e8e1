// One Lucide icon as SVG; decoration only, the text beside it says what it means.

import type { IconNode } from 'lucide';
import { createElement, type VNode } from 'preact';

export function Icon({ of }: { of: IconNode }): VNode {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {of.map(([tag, attributes]) => createElement(tag, attributes))}
    </svg>
  );
}
