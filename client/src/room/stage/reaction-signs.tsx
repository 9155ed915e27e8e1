// The reactions, drawn: no font has all of them, and no two draw them alike. Decoration; the name is said beside it.

import type { VNode } from 'preact';
import type { Reaction } from '../../call/transport/wire';

const YELLOW = '#ffcc4d';
const INK = '#664500';

const EDGE = { stroke: '#c28a10', 'stroke-width': 1.2 } as const;
const LINE = { fill: 'none', stroke: INK, 'stroke-width': 2.2, 'stroke-linecap': 'round' } as const;

const face = <circle cx="16" cy="16" r="13.5" fill={YELLOW} {...EDGE} />;

const DRAWN: Readonly<Record<Reaction, () => VNode>> = {
  'thumbs-up': () => (
    <g stroke-linejoin="round">
      <path fill="#3b82f6" d="M3.5 14h6v14h-6z" />
      <path
        fill={YELLOW}
        {...EDGE}
        d="M10.5 14.8 15.6 4c2.8 0 4.5 1.9 4 4.7L18.8 12h7.4a2.9 2.9 0 0 1 2.8 3.6l-2.4 9.6a3.6 3.6 0 0 1-3.5 2.8H10.5Z"
      />
    </g>
  ),
  clap: () => (
    <g stroke-linecap="round">
      <g transform="rotate(24 16 18) translate(4.5 -1)">{hand('#f0b429')}</g>
      <g transform="rotate(-24 16 18) translate(-3 1)">{hand(YELLOW)}</g>
      <path d="M16 1.5v3M10.5 2.8l1.2 2.4M21.5 2.8l-1.2 2.4" stroke="#60a5fa" stroke-width="2" />
    </g>
  ),
  heart: () => (
    <path
      fill="#ef4444"
      stroke="#b91c1c"
      stroke-width="1.2"
      d="M16 28.5C7 21.8 3 17 3 11.4A6.9 6.9 0 0 1 16 8a6.9 6.9 0 0 1 13 3.4C29 17 25 21.8 16 28.5Z"
    />
  ),
  laugh: () => (
    <g>
      {face}
      <path {...LINE} d="M8 12.8q2.6-3.6 5.2 0M18.8 12.8q2.6-3.6 5.2 0" />
      <path fill={INK} d="M8 16.5h16a8 8 0 0 1-16 0Z" />
      <path fill="#fff" d="M9.5 16.5h13v1.6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1Z" />
      <path
        fill="#5dadec"
        d="M6.6 14.5c.6 3.8-.6 6.5-3 6.5s-3-3.4 3-6.5Zm18.8 0c-.6 3.8.6 6.5 3 6.5s3-3.4-3-6.5Z"
      />
    </g>
  ),
  party: () => (
    <g stroke-linecap="round">
      <path fill="#8b5cf6" d="M3 29 9.6 11.5 20.5 22.4Z" />
      <path fill="#fbbf24" d="m7.9 16 8.1 8.1-3.6 1.4L6.5 19.6Z" />
      <path {...LINE} stroke="#ec4899" d="M16 14c-1-3 1.5-4.5 0-8" />
      <path {...LINE} stroke="#22c55e" d="M19 17c3 1 4.5-1.5 8.5 0" />
      <path {...LINE} stroke="#3b82f6" d="M18 14.5c3-.5 2-4.5 6-6.5" />
      <circle cx="9" cy="5" r="1.7" fill="#22c55e" />
      <circle cx="21.5" cy="3.8" r="1.5" fill="#fbbf24" />
      <circle cx="28.5" cy="10" r="1.6" fill="#ef4444" />
      <circle cx="27" cy="24" r="1.7" fill="#ec4899" />
    </g>
  ),
  thinking: () => (
    <g>
      {face}
      <circle cx="11" cy="13" r="1.9" fill={INK} />
      <circle cx="20.5" cy="13" r="1.9" fill={INK} />
      <path
        {...LINE}
        stroke-width="1.8"
        d="M7.8 9.2q2.7-1.8 5.2-.4M18 6.8q3.2-1.2 5.4 1.2M13.5 20.6q3.4-1.6 7-.4"
      />
      <path
        fill="#f0b429"
        {...EDGE}
        stroke-linejoin="round"
        d="M7.5 31c-2.8 0-4.5-2-4-5l1-6c.4-2 3-1.7 2.9.3l-.2 2.7 7.6-2.3c2.4-.7 3.4 2.3 1.1 3.2l-3 1.1c1.8 2.6.2 6-3.4 6Z"
      />
    </g>
  ),
};

export function ReactionSign({ of }: { readonly of: Reaction }) {
  return (
    <svg class="reaction-sign" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      {DRAWN[of]()}
    </svg>
  );
}

/** A flat hand that points up: the fingers' edges lie below them. */
function hand(fill: string): VNode {
  const fingers = 'M11.5 19V10M15 18V8M18.5 18V8.8M22 19v-7.5M10.5 22l-3.5-4.5';
  return (
    <g fill="none">
      <path d={fingers} stroke={EDGE.stroke} stroke-width="4.8" />
      <path d={fingers} stroke={fill} stroke-width="2.9" />
      <path d="M9.6 17h14v6a6 6 0 0 1-6 6h-2a6 6 0 0 1-6-6Z" fill={fill} />
    </g>
  );
}
