// Writes the notes for who keeps them: as HTML for a page without scripts, and as Markdown. Pure. Law: what a person wrote is text in
// both; Markdown's own signs in it are escaped.

import type { Block, Span } from './note-blocks';
import { type Html, html } from './safe-html';

/** The first level of the notes comes after the page's title and the part's. */
const LEVELS_ABOVE = 2;

export function writeNotesHtml(blocks: readonly Block[]): Html {
  return html`${blocks.map(writeBlockHtml)}`;
}

function writeBlockHtml(block: Block): Html {
  switch (block.kind) {
    case 'paragraph':
      return html`<p dir="auto">${block.spans.map(writeSpanHtml)}</p>\n`;
    case 'heading':
      return writeHeadingHtml(block.level + LEVELS_ABOVE, block.spans.map(writeSpanHtml));
    case 'quote':
      return html`<blockquote dir="auto">${block.blocks.map(writeBlockHtml)}</blockquote>\n`;
    default: {
      const items = block.items.map((item) => html`<li dir="auto">${item.map(writeBlockHtml)}</li>\n`);
      return block.kind === 'numbers'
        ? html`<ol dir="auto">${items}</ol>\n`
        : html`<ul dir="auto">${items}</ul>\n`;
    }
  }
}

function writeHeadingHtml(level: number, text: readonly Html[]): Html {
  if (level <= 3) return html`<h3 dir="auto">${text}</h3>\n`;
  return level === 4 ? html`<h4 dir="auto">${text}</h4>\n` : html`<h5 dir="auto">${text}</h5>\n`;
}

function writeSpanHtml({ text, strong, em, highlight, href }: Span): Html {
  const lines = text.split('\n');
  let made = html`${lines.map((line, at) => (at === 0 ? html`${line}` : html`<br>${line}`))}`;
  if (em) made = html`<em>${made}</em>`;
  if (strong) made = html`<strong>${made}</strong>`;
  if (highlight) made = html`<mark class="${highlight}">${made}</mark>`;
  if (href !== undefined) made = html`<a href="${href}" rel="noopener noreferrer nofollow">${made}</a>`;
  return made;
}

/** What a line of Markdown may begin with, or have within, and mean something by (CommonMark §2.4). */
const SIGNS = /[\\`*_{}[\]()#+\-.!<>|~&]/g;

export function writeNotesMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(writeBlock).join('\n\n')}\n`;
}

function writeBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return writeSpans(block.spans, '\\\n');
    case 'heading':
      // A heading is one line.
      return `${'#'.repeat(block.level)} ${writeSpans(block.spans, ' ')}`;
    case 'quote':
      return indent(block.blocks.map(writeBlock).join('\n\n'), '> ', '> ');
    default:
      return block.items
        .map((item, at) => writeItem(item, block.kind === 'numbers' ? `${at + 1}. ` : '- '))
        .join('\n');
  }
}

function writeItem(item: readonly Block[], sign: string): string {
  return indent(item.map(writeBlock).join('\n\n'), sign, ' '.repeat(sign.length));
}

function indent(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, at) => (at === 0 ? first : others) + line)
    .map((line) => line.trimEnd())
    .join('\n');
}

function writeSpans(spans: readonly Span[], breakBy: string): string {
  return spans.map((span) => writeSpan(span, breakBy)).join('');
}

/** A highlight has no sign in Markdown: it is `<mark>`, which Markdown takes as it is. */
function writeSpan({ text, strong, em, highlight, href }: Span, breakBy: string): string {
  const broken = (part: string) => part.replace(/\n/g, breakBy);
  const words = text.trim();
  if (words === '') return broken(text);
  const begin = text.length - text.trimStart().length;
  const [before, after] = [text.slice(0, begin), text.slice(begin + words.length)];
  let made = broken(words.replace(SIGNS, '\\$&'));
  if (em) made = `*${made}*`;
  if (strong) made = `**${made}**`;
  if (highlight) made = `<mark>${made}</mark>`;
  if (href !== undefined) made = `[${made}](<${href.replace(/[<>\\\n]/g, encodeURIComponent)}>)`;
  return broken(before) + made + broken(after);
}
