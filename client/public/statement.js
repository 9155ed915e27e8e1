// What the statement's page adds where scripts run: each moment in the reader's own time zone beside UTC, and Print.
// It has a stable name and is served as it stands, so it keeps to what the oldest browser of R18 can read.

(() => {
  const { locale } = document.querySelector('main').dataset;
  const format = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  for (const own of document.querySelectorAll('[data-own-time]')) {
    const at = new Date(own.dataset.ownTime);
    if (at.getTimezoneOffset() === 0)
      own.remove(); // theirs is the one that stands there
    else own.textContent = format.format(at);
  }

  const print = document.getElementById('print');
  print.hidden = false;
  print.addEventListener('click', () => window.print());
})();
