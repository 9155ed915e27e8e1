// Which of several things in a row an arrow key leads to. Pure.

/** Find the tab that *key* leads to from *tab* (WAI-ARIA, tabs pattern); null for any other key. */
export function tabAt<T>(tabs: readonly T[], tab: T, key: string, isRightToLeft: boolean): T | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: isRightToLeft ? -1 : 1,
    ArrowLeft: isRightToLeft ? 1 : -1,
  };
  const step = steps[key];
  if (key === 'Home') return tabs[0] ?? null;
  if (key === 'End') return tabs[tabs.length - 1] ?? null;
  return step === undefined ? null : (tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? null);
}
