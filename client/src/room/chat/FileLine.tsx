// One file in the chat: its name and size as text, how far it is, and what can be done with it. A picture is shown once its own bytes
// say that it is one, and how large. Nothing is opened.

import { Check, Download, FileText, TriangleAlert, X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import './FileLine.css';
import type { FileView } from '../../classroom/file-exchange';
import { HEAD_BYTES, readPicture } from '../../classroom/picture-head';
import type { LaterKey } from '../../i18n';
import { t } from '../../i18n/lazy-words';
import { formatTime } from '../../i18n/localized';
import { sayPercent } from '../../i18n/units';
import { Icon } from '../../ui/Icon';
import { saveBlob } from '../../ui/save-blob';
import { fileActions } from '../store/files-state';
import { formatSize } from './file-size';
import { Author } from './Line';

/** A picture of more bytes is a download. */
const SHOWN_BYTES_MAX = 20 * 1_048_576;

export function FileLine({ file }: { readonly file: FileView }) {
  const { isOwn, name, type, size, state, atMs } = file;
  return (
    <li class={`chat-line first${isOwn ? ' own' : ''}`} data-part="file" data-state={state}>
      <p class="chat-author">{isOwn ? t('chat.you') : <Author />}</p>
      <div class="file-card">
        {size <= SHOWN_BYTES_MAX && (isOwn || state === 'done') && <Picture file={file} />}
        <p class="file-head">
          <Icon of={FileText} />
          <span class="file-name">
            <bdi title={name}>{name}</bdi>
          </span>
        </p>
        <p class="file-facts">
          {formatSize(size)}
          {type && <span dir="ltr">{type}</span>}
        </p>
        {state === 'moving' && <Progress file={file} />}
        <Actions file={file} />
      </div>
      <p class="chat-meta">
        <time dateTime={new Date(atMs).toISOString()}>{formatTime(atMs)}</time>
        <Standing file={file} />
      </p>
    </li>
  );
}

function Progress({ file: { name, bytes, size } }: { readonly file: FileView }) {
  return (
    <progress class="file-progress" max={Math.max(size, 1)} value={bytes} aria-label={name}>
      {sayPercent(percentOf(bytes, size))}
    </progress>
  );
}

function Standing({ file }: { readonly file: FileView }) {
  const { state, bytes, size } = file;
  const isWrong = !['offered', 'moving', 'done', 'unwanted'].includes(state);
  return (
    <span class={isWrong ? 'chat-state unsent' : 'chat-state'} data-part="file-state">
      {state === 'done' && <Icon of={Check} />}
      {isWrong && <Icon of={TriangleAlert} />}
      {state === 'moving' ? sayPercent(percentOf(bytes, size)) : t(wordsOf(file))}
    </span>
  );
}

/** Choose the words for how a file stands; some differ for who gives it and who gets it. */
export function wordsOf({ state, isOwn }: Pick<FileView, 'state' | 'isOwn'>): LaterKey {
  switch (state) {
    case 'offered':
      return isOwn ? 'files.state.waiting' : 'files.state.offered';
    case 'gone':
      return isOwn ? 'files.state.lost' : 'files.state.gone';
    case 'no-room':
      return isOwn ? 'files.state.no-room-there' : 'files.state.no-room';
    case 'moving':
      return 'files.state.moving';
    default:
      return `files.state.${state}`;
  }
}

function percentOf(bytes: number, size: number): number {
  return size === 0 ? 100 : Math.floor((100 * bytes) / size);
}

function Actions({ file: { id, isOwn, name, state } }: { readonly file: FileView }) {
  const actions = fileActions.value;
  if (!actions) return null;
  const save = async () => {
    const blob = await actions.read(id);
    if (blob) saveBlob(blob, name);
  };
  return (
    <p class="file-actions">
      {state === 'offered' && !isOwn && (
        <Action
          part="get-file"
          icon={Download}
          words={t('files.get')}
          name={name}
          onClick={() => actions.fetch(id)}
        />
      )}
      {state === 'done' && !isOwn && (
        <Action
          part="save-file"
          icon={Download}
          words={t('files.save')}
          name={name}
          onClick={() => void save()}
        />
      )}
      {(state === 'moving' || state === 'offered') && (
        <Action
          part="stop-file"
          icon={X}
          words={t('files.cancel')}
          name={name}
          onClick={() => actions.stop(id)}
        />
      )}
    </p>
  );
}

interface ActionProps {
  readonly part: string;
  readonly icon: typeof X;
  readonly words: string;
  readonly name: string;
  readonly onClick: () => void;
}

/** The name begins with the words that are seen, so that it can be spoken. */
function Action({ part, icon, words, name, onClick }: ActionProps) {
  return (
    <button
      type="button"
      class="button file-action"
      data-part={part}
      aria-label={`${words}: ${name}`}
      onClick={onClick}
    >
      <Icon of={icon} />
      <span>{words}</span>
    </button>
  );
}

interface Shown {
  readonly address: string;
  readonly width: number;
  readonly height: number;
}

/** Its place is of one height for every picture, so that nothing moves when it comes. */
function Picture({ file: { id, name } }: { readonly file: FileView }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let address: string | null = null;
    let isGone = false;
    void openPicture(id).then((picture) => {
      if (!picture) return;
      if (isGone) URL.revokeObjectURL(picture.address);
      else {
        address = picture.address;
        setShown(picture);
      }
    });
    return () => {
      isGone = true;
      if (address) URL.revokeObjectURL(address);
    };
  }, [id]);
  if (!shown) return null;
  return (
    <img
      class="file-picture"
      src={shown.address}
      width={shown.width}
      height={shown.height}
      alt={name}
      decoding="async"
      data-part="file-picture"
      onError={() => setShown(null)}
    />
  );
}

/** The browser decodes what the head says, and nothing else: the type is ours. */
export async function openPicture(id: string): Promise<Shown | null> {
  try {
    const blob = await fileActions.value?.read(id);
    if (!blob) return null;
    const head = readPicture(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
    return head && { ...head, address: URL.createObjectURL(blob.slice(0, blob.size, head.type)) };
  } catch {
    return null; // an own file was moved on the disk since
  }
}
