// The words of a caption, each to be pressed by itself. Pure.

export interface Piece {
  readonly text: string;
  /** Else it is what stands between words. */
  readonly isWord: boolean;
}

/** Divide *text*, which is in *language* (BCP 47; empty for unknown). Joined again the pieces are the text. */
export function splitWords(text: string, language: string): Piece[] {
  const segmenter = makeSegmenter(language);
  if (!segmenter) {
    // Firefox before 125 and old ones of the others: what stands between spaces.
    const pieces = text.split(/(\s+)/).filter((piece) => piece !== '');
    return pieces.map((piece) => ({ text: piece, isWord: piece.trim() !== '' }));
  }
  return Array.from(segmenter.segment(text), ({ segment, isWordLike }) => ({
    text: segment,
    isWord: isWordLike === true,
  }));
}

/** As much of an Intl.Segmenter as is used here. */
interface Segmenter {
  segment(text: string): Iterable<{ readonly segment: string; readonly isWordLike?: boolean }>;
}

type SegmenterClass = new (
  locale: string | undefined,
  options: { readonly granularity: 'word' },
) => Segmenter;

/** Making one takes longer than using it, and a lesson has two languages. */
const made = new Map<string, Segmenter | null>();
const MADE_MAX = 8;

function makeSegmenter(language: string): Segmenter | null {
  const known = made.get(language);
  if (known !== undefined) return known;
  if (made.size >= MADE_MAX) made.clear();
  const segmenter = trySegmenter(language);
  made.set(language, segmenter);
  return segmenter;
}

function trySegmenter(language: string): Segmenter | null {
  const { Segmenter } = Intl as { readonly Segmenter?: SegmenterClass };
  if (!Segmenter) return null;
  try {
    return new Segmenter(language || undefined, { granularity: 'word' });
  } catch {
    return new Segmenter(undefined, { granularity: 'word' }); // a tag that looks like one, and is none
  }
}
