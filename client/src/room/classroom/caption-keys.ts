// Which word of the captions a key leads to. Pure.

/** Find the word after a key was pressed at word *at* of *count*; −1 where no word has the focus. Null for a key that leads nowhere. */
export function wordAt(count: number, at: number, key: string, isRightToLeft: boolean): number | null {
  if (count === 0) return null;
  const [back, on] = isRightToLeft ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key !== back && key !== on) return null;
  if (at < 0) return count - 1;
  const next = key === on ? at + 1 : at - 1;
  return next >= 0 && next < count ? next : null;
}
