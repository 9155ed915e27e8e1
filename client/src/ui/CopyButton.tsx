// A button that copies a text and says that it did, or could not.

import { Copy, CopyCheck } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { copyText } from './clipboard';
import { Icon } from './Icon';

const COPIED_MS = 2_000;

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  readonly class: string;
  /** Only the icon; the label is its name. */
  readonly isIcon?: boolean;
  readonly part?: string;
}

export function CopyButton({ text, label, class: className, isIcon = false, part }: CopyButtonProps) {
  const [isCopied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (isCopied === null) return;
    const timer = setTimeout(() => setCopied(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const name = isCopied === null ? label : t(isCopied ? 'chat.copied' : 'chat.not-copied');
  return (
    <button
      type="button"
      class={className}
      aria-label={isIcon ? name : undefined}
      title={isIcon ? name : undefined}
      data-part={part}
      onClick={() => void copyText(text).then(setCopied)}
    >
      <Icon of={isCopied ? CopyCheck : Copy} />
      {!isIcon && <span aria-live="polite">{name}</span>}
    </button>
  );
}
