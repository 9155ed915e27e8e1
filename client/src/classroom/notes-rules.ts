// What becomes of Markdown that a person writes in the notes: `# `, `- `, `1. `, `> `, `**bold**`, `*italic*`.

import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from 'prosemirror-inputrules';
import type { MarkType } from 'prosemirror-model';
import type { Plugin } from 'prosemirror-state';
import { schema } from './notes-schema';

const { nodes, marks } = schema;

/** Nothing touches the stars from within, and none stands before them: `2 * 3 * 4` stays. */
const BOLD = /(?:^|[^*])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/;
const ITALIC = /(?:^|[^*])\*([^*\s](?:[^*]*[^*\s])?)\*$/;

export const RULES: readonly InputRule[] = [
  textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, ([, signs = '']) => ({ level: signs.length })),
  wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
  wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
  wrappingInputRule(/^\s*1[.)]\s$/, nodes.ordered_list),
  markRule(BOLD, '**', marks.strong),
  markRule(ITALIC, '*', marks.em),
];

export function makeRulesPlugin(): Plugin {
  return inputRules({ rules: RULES });
}

/** Mark what stands between *sign* and the *sign* that has just been written, of which the last character is not in the text yet. */
function markRule(pattern: RegExp, sign: string, mark: MarkType): InputRule {
  return new InputRule(pattern, (state, [whole, text = ''], start, end) => {
    const begin = start + whole.length - text.length - 2 * sign.length;
    const { tr } = state;
    if (end > begin + sign.length + text.length) tr.delete(begin + sign.length + text.length, end);
    tr.delete(begin, begin + sign.length);
    return tr.addMark(begin, begin + text.length, mark.create()).removeStoredMark(mark);
  });
}
