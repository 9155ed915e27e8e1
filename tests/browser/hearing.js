// Notes all that is read out to a person who does not see the page: a sentence stands for a moment only.
(() => {
  const heard = (window.__heard = []);
  new MutationObserver(() => {
    for (const { textContent } of document.querySelectorAll('[data-part=live-region]')) {
      if (textContent && textContent !== heard[heard.length - 1]) heard.push(textContent);
    }
  }).observe(document, { childList: true, subtree: true, characterData: true });
})();
