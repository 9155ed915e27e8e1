// What Preact takes for granted and an old browser (R18) may lack.

/** Add `queueMicrotask`, which came with Chrome 71 and Firefox 69. */
export function addQueueMicrotask(): void {
  self.queueMicrotask ??= (task) => void Promise.resolve().then(task);
}
