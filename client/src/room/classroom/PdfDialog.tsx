// Chooses the page of a PDF that goes on the board. Loaded with the first PDF.

import { ChevronLeft, ChevronRight, type IconNode } from 'lucide';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import './PdfDialog.css';
import type { SmallPicture } from '../../classroom/board-pictures';
import { PdfFile } from '../../classroom/pdf-file';
import { readPageNumber } from '../../classroom/pdf-rules';
import { t } from '../../i18n/lazy-words';
import { ClosableDialog } from '../../ui/ClosableDialog';
import { Icon } from '../../ui/Icon';
import { PdfPages } from './pdf-pages';
import { loadSupply } from './pdf-supply';

export interface PdfDialogProps {
  readonly file: File;
  readonly onPut: (page: SmallPicture) => void;
  readonly onClose: () => void;
}

export function PdfDialog({ file, onPut, onClose }: PdfDialogProps) {
  const pages = useMemo(
    () => new PdfPages(() => PdfFile.open(file, { makeWorker: (url) => new Worker(url), loadSupply })),
    [file],
  );
  useEffect(() => () => pages.close(), [pages]);
  const { picture, problem } = pages.state.value;
  return (
    <ClosableDialog
      part="pdf"
      class="pdf"
      title={t('board.pdf-title')}
      closing={t('files.cancel')}
      hasCross
      onClose={onClose}
    >
      {(close) => (
        <>
          <div class="pdf-page" aria-busy={!picture && !problem}>
            {picture && <Preview picture={picture} />}
            <output class="pdf-said" data-part="pdf-said">
              {problem ? t(`board.pdf-${problem}`) : !picture && t('board.pdf-wait')}
            </output>
          </div>
          <Steps pages={pages} />
          <div class="dialog-actions">
            <button
              type="button"
              class="button primary"
              data-part="pdf-put"
              // Not `disabled`: the keyboard would lose its place.
              aria-disabled={!picture}
              onClick={() => {
                if (!picture) return;
                onPut(picture);
                close();
              }}
            >
              {t('board.pdf-put')}
            </button>
          </div>
        </>
      )}
    </ClosableDialog>
  );
}

function Preview({ picture }: { readonly picture: SmallPicture }) {
  const shown = useRef<HTMLImageElement>(null);
  useLayoutEffect(() => {
    const address = URL.createObjectURL(new Blob([picture.jpeg.slice()], { type: 'image/jpeg' }));
    if (shown.current) shown.current.src = address;
    return () => URL.revokeObjectURL(address);
  }, [picture]);
  return <img ref={shown} width={picture.across} height={picture.down} alt="" data-part="pdf-preview" />;
}

function Steps({ pages }: { readonly pages: PdfPages }) {
  const { pages: count, page } = pages.state.value;
  const step = (by: number, label: string, icon: IconNode) => (
    <button
      type="button"
      class="button"
      data-part={by < 0 ? 'pdf-previous' : 'pdf-next'}
      aria-label={label}
      title={label}
      aria-disabled={page + by < 1 || page + by > count}
      // By the page that is wanted now: what is drawn may be a frame old.
      onClick={() => pages.show(pages.state.peek().page + by)}
    >
      <Icon of={icon} />
    </button>
  );
  return (
    <div class="pdf-steps">
      {step(-1, t('board.pdf-previous'), ChevronLeft)}
      <input
        class="field"
        type="text"
        inputMode="numeric"
        maxLength={9}
        data-part="pdf-number"
        aria-label={t('board.pdf-page', { count })}
        value={String(page)}
        onInput={({ currentTarget }) => {
          const number = readPageNumber(currentTarget.value, count);
          if (number) pages.show(number);
        }}
        onBlur={({ currentTarget }) => {
          currentTarget.value = String(pages.state.peek().page);
        }}
      />
      <span class="pdf-count" aria-hidden="true">{`/ ${count}`}</span>
      {step(1, t('board.pdf-next'), ChevronRight)}
    </div>
  );
}
