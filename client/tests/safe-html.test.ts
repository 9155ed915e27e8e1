// A text stays text, whatever is in it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from '../src/classroom/safe-html';

test('what is our own is markup, and what is given is text', () => {
  const inner = html`<b>${'<i>&"\''}</b>`;

  expect(html`<p title="${'"x"'}">${inner}${[inner]}${3}</p>`.markup).toBe(
    '<p title="&quot;x&quot;"><b>&lt;i&gt;&amp;&quot;&#39;</b><b>&lt;i&gt;&amp;&quot;&#39;</b>3</p>',
  );
});

test('no text opens a tag, ends an attribute or has a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { markup } = html`${text}`;
      expect(markup).not.toMatch(/[<>"'`]/);
      expect([...markup].every((each) => each >= ' ' || each === '\n' || each === '\t')).toBe(true);
    }),
  );
});
