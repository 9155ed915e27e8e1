// Shared screens: the other person's is large, with both people beside it. The own one is small, so that one sees what the other
// sees, with a line that says so and a button that ends it.

import { ScreenShareOff } from 'lucide';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import './Screen.css';
import { t } from '../../i18n/lazy-words';
import { Icon } from '../../ui/Icon';
import { pictureOf, showPicture } from '../page/pictures';
import { call, otherRole, ownScreen, remoteScreen } from '../store/room-store';
import { isScreenReady } from './stage-layout';
import { fillOf, WHOLE } from './zoom';
import { zoomGestures } from './zoom-gestures';

export function Screens() {
  useLayoutEffect(() => {
    isScreenReady.value = true;
  }, []);
  return (
    <>
      <TheirScreen />
      {ownScreen.value && <OwnScreen stream={ownScreen.value} />}
    </>
  );
}

function TheirScreen() {
  const place = useRef<HTMLDivElement>(null);
  const stream = remoteScreen.value;
  useLayoutEffect(() => {
    // Into the page first: the browser pauses a picture that plays outside of it when it moves.
    if (stream) place.current?.append(pictureOf('screen'));
    showPicture('screen', stream);
  }, [stream]);
  if (!stream) return null;
  pictureOf('screen').setAttribute('aria-label', t(`screen.${otherRole}`));
  return (
    <figure class="screen" data-part="screen-tile">
      <div ref={place} />
      <ZoomHandle picture={pictureOf('screen')} stream={stream} />
      <figcaption class="tile-label">{t(`screen.${otherRole}`)}</figcaption>
    </figure>
  );
}

/** Lies over *picture*, and zooms it. A new *stream* is seen whole. */
function ZoomHandle(props: { readonly picture: HTMLVideoElement; readonly stream: MediaStream }) {
  const { picture, stream } = props;
  const [zoom, setZoom] = useState(WHOLE);
  useLayoutEffect(() => setZoom(WHOLE), [stream]);
  useLayoutEffect(() => {
    const { scale, middle } = zoom;
    const move = `translate(${middle.x * 100}%, ${middle.y * 100}%) scale(${scale})`;
    picture.style.transform = scale > 1 ? move : '';
  }, [zoom]);
  const gestures = useMemo(() => zoomGestures(setZoom, () => readFill(picture)), [picture]);
  return (
    <button
      type="button"
      class="screen-zoom"
      data-part="screen-zoom"
      aria-label={t('screen.zoom')}
      aria-pressed={zoom.scale > 1}
      title={t('screen.zoom-how')}
      {...gestures}
    />
  );
}

function readFill({ videoWidth, videoHeight, clientWidth, clientHeight }: HTMLVideoElement) {
  return fillOf({ width: videoWidth, height: videoHeight }, { width: clientWidth, height: clientHeight });
}

function OwnScreen({ stream }: { readonly stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return (
    <figure class="own-screen" data-part="own-screen">
      <video
        ref={video}
        data-part="own-screen-video"
        aria-label={t('screen.own')}
        autoplay
        muted
        playsInline
        onLoadedData={({ currentTarget }) => isWholeScreen(stream) && currentTarget.pause()}
      />
      <figcaption>{t('screen.own')}</figcaption>
      <button type="button" class="button" onClick={() => call.media.screen.stop()}>
        <Icon of={ScreenShareOff} />
        {t('screen.stop')}
      </button>
    </figure>
  );
}

/** A whole screen shows this page, and in it itself, without end: its first picture is enough, and costs nothing to send. */
function isWholeScreen(stream: MediaStream): boolean {
  return stream.getVideoTracks()[0]?.getSettings().displaySurface === 'monitor';
}
