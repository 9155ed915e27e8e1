// The page of deliveries: it asks the API with the key that the operator types, and shows the answer as text.
// The key stays in the form: nothing stores it, and it is gone when the page is. It has a stable name and is served
// as it stands, so it keeps to what the oldest browser of R18 can read.

(() => {
  const main = document.querySelector('main');
  const form = document.getElementById('ask');
  const found = document.getElementById('found');
  const api = main.dataset.api;

  const COLUMNS = {
    endpoints: [
      ['Endpoint', (row) => row.id],
      ['URL', (row) => row.url],
      ['Sessions waiting', (row) => row.sessionsWaiting],
      ['Failing', (row) => row.sessionsFailing],
      ['Events waiting', (row) => row.eventsWaiting],
      ['Parked', (row) => row.eventsParked],
      ['State', (row) => (row.disabled === null ? 'on' : `off: ${row.disabled}`)],
    ],
    waiting: [
      ['Session', (row) => row.sessionId],
      ['Endpoint', (row) => row.endpointId],
      ['Taken', (row) => `${row.takenSeq} of ${row.newestSeq}`],
      ['Attempts', (row) => row.attempts],
      ['Failing since', (row) => moment(row.failingSince)],
      ['Next try', (row) => moment(row.dueAt)],
    ],
    parked: [
      ['Event', (row) => `${row.type} (${row.seq})`],
      ['Session', (row) => row.sessionId],
      ['Endpoint', (row) => row.endpointId],
      ['Parked', (row) => moment(row.parkedAt)],
      ['Attempts', (row) => row.attempts],
      ['Error', (row) => row.error],
    ],
    attempts: [
      ['Time', (row) => moment(row.timestamp)],
      ['Event', (row) => `${row.type} (${row.seq})`],
      ['Session', (row) => row.sessionId],
      ['Endpoint', (row) => row.endpointId],
      ['Status', (row) => (row.status === null ? row.error : row.status)],
      ['Took', (row) => `${row.durationMs} ms`],
      ['Answer', (row) => row.answer],
    ],
  };
  const REPLAYS = {
    waiting: [
      'Send all from the first event',
      (row) => ({ endpointId: row.endpointId, sessionId: row.sessionId }),
    ],
    parked: ['Send again', (row) => ({ endpointId: row.endpointId, sessionId: row.sessionId, parked: true })],
  };

  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    show();
  });
  if (!('needsKey' in main.dataset)) show();

  async function show() {
    say('Asking …');
    const query = new URLSearchParams();
    for (const name of ['endpoint', 'session']) {
      const value = form.elements[name].value.trim();
      if (value) query.set(name, value);
    }
    if (form.elements.failing.checked) query.set('failing', 'true');
    const answer = await ask('GET', `/deliveries?${query}`);
    if (answer === null) return;
    for (const name of Object.keys(COLUMNS)) fill(name, answer[name]);
    found.hidden = false;
    say(`As of ${moment(answer.serverTime)}.`);
  }

  async function ask(method, path, body) {
    const key = form.elements.key ? form.elements.key.value.trim() : '';
    const headers = key ? { authorization: `Bearer ${key}` } : {};
    if (body) headers['content-type'] = 'application/json';
    try {
      const options = { method, headers, body: body && JSON.stringify(body), cache: 'no-store' };
      const response = await fetch(api + path, options);
      const answer = await response.json();
      if (response.ok) return answer;
      say(answer.message);
    } catch {
      say('The service does not answer. Try again.');
    }
    return null;
  }

  function fill(name, rows) {
    const place = document.getElementById(name);
    place.textContent = rows.length === 0 ? 'Nothing.' : '';
    if (rows.length === 0) return;
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    for (const [column] of COLUMNS[name]) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = column;
      head.append(cell);
    }
    const [title, choose] = REPLAYS[name] || [];
    if (choose) head.insertCell();
    const body = table.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      for (const [column, read] of COLUMNS[name]) {
        const cell = line.insertCell();
        cell.dataset.title = column;
        cell.textContent = String(read(row));
      }
      if (choose) line.insertCell().append(replayButton(title, choose(row)));
    }
    place.append(table);
  }

  function replayButton(title, choice) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button';
    button.textContent = title;
    button.setAttribute('aria-label', `${title}: ${choice.sessionId} to ${choice.endpointId}`);
    button.addEventListener('click', async () => {
      button.disabled = true;
      const answer = await ask('POST', '/deliveries/replay', choice);
      button.disabled = false;
      if (answer) say(`${answer.events} events of ${answer.sessions} sessions are sent again.`);
    });
    return button;
  }

  function say(text) {
    document.getElementById('said').textContent = text;
  }

  function moment(ms) {
    return ms === null ? '—' : new Date(ms).toISOString().replace('T', ' ');
  }
})();
