// Puts text on the clipboard, also where a frame or an old browser has no `navigator.clipboard`.

/** Copy *text*; false if the browser refuses both ways. Call it from a click: nothing else is allowed to. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const had = document.activeElement;
  const box = document.createElement('textarea');
  box.value = text;
  box.className = 'visually-hidden';
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand?.('copy') === true;
  box.remove();
  if (had instanceof HTMLElement) had.focus();
  return isCopied;
}
