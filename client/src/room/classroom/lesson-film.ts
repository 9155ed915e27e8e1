// What a recording shows and hears of this call, read anew for each frame: devices and screens come and go.

import type { RecordingMix } from '../../classroom/recording-mix';
import type { Film } from '../../classroom/recording-painter';
import { t } from '../../i18n/lazy-words';
import { pictureOf } from '../page/pictures';
import { devices, ownRole, ownScreen, remoteScreen, state } from '../store/room-store';
import { otherName } from './tools-state';

export class LessonFilm {
  /** The room's own picture is drawn from a small copy, and its own screen may stand still. */
  private readonly own = makeVideo();
  private readonly ownScreen = makeVideo();

  constructor(private readonly mix: RecordingMix) {}

  /** Hear what is to be heard now; returns what is to be seen. */
  read(): Film {
    const { me, peer } = state.peek();
    const [shared, theirs] = [ownScreen.peek(), remoteScreen.peek()];
    const { audio, video } = devices.tracks;
    show(this.own, video);
    show(this.ownScreen, shared?.getVideoTracks()[0] ?? null);
    const remote = pictureOf('remote');
    this.mix.hear('own', audio);
    this.mix.hear('remote', soundOf(remote.srcObject));
    this.mix.hear('own-screen', soundOf(shared));
    this.mix.hear('remote-screen', soundOf(theirs));
    const isRemoteShown = peer?.video === true && !peer.videoPaused;
    return {
      own: { picture: me.video ? this.own : null, name: me.name ?? t(`role.${ownRole}`) },
      remote: { picture: isRemoteShown ? remote : null, name: otherName() },
      screen: theirs ? pictureOf('screen') : shared ? this.ownScreen : null,
    };
  }

  close(): void {
    show(this.own, null);
    show(this.ownScreen, null);
  }
}

function makeVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = video.playsInline = true;
  return video;
}

function show(video: HTMLVideoElement, track: MediaStreamTrack | null): void {
  const [shown = null] = (video.srcObject as MediaStream | null)?.getTracks() ?? [];
  if (shown === track) return;
  video.srcObject = track && new MediaStream([track]);
  if (track) void video.play().catch(() => undefined);
}

function soundOf(stream: MediaProvider | null): MediaStreamTrack | null {
  return (stream as MediaStream | null)?.getAudioTracks()[0] ?? null;
}
