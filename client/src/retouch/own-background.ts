// Blurs what is behind the person by the camera's own system, as it was chosen. The first frame of a camera that is opened later is
// blurred already: its constraints say so. Law: what is shown is what the camera does, whatever was asked of it.

import type { DeviceChoices } from '../call/media/device-choices';
import type { Devices } from '../call/media/devices';

/** How the camera stands: `able` can be switched here; `on` and `off` only in the system; `unable` knows no blur. */
export type Background = 'able' | 'on' | 'off' | 'unable' | 'closed';

/** What lib.dom has no types for (Media Capture Extensions §5). */
interface Blurred {
  readonly backgroundBlur?: readonly boolean[];
}
type Blurring = MediaTrackConstraints & { backgroundBlur: boolean };

/** Tell what *track*, the open camera, can do. */
export function readBackground(track: Pick<MediaStreamTrack, 'getCapabilities'> | null): Background {
  if (!track) return 'closed';
  const able = (track.getCapabilities?.() as Blurred | undefined)?.backgroundBlur ?? [];
  if (able.includes(true)) return able.includes(false) ? 'able' : 'on';
  return able.length > 0 ? 'off' : 'unable';
}

interface BackgroundPort {
  readonly devices: Pick<Devices, 'subscribe' | 'tracks'>;
  readonly choices: Pick<DeviceChoices, 'set'>;
  /** Look again: the camera is another, or does something else. */
  readonly onChange: () => void;
}

export class OwnBackground {
  private watched: MediaStreamTrack | null = null;
  private readonly onConfigured = () => this.port.onChange();
  private readonly unsubscribe: () => void;

  constructor(private readonly port: BackgroundPort) {
    this.unsubscribe = port.devices.subscribe({
      onTrack: (kind, track) => kind === 'video' && this.watch(track),
    });
    this.watch(port.devices.tracks.video);
  }

  close(): void {
    this.unsubscribe();
    this.watched?.removeEventListener('configurationchange', this.onConfigured);
  }

  /** Ask the open camera, and remember the wish. While it is remembered the camera blurs, else a thread of ours begins (own-blur.ts). */
  async choose(blursBackground: boolean): Promise<void> {
    const { choices, devices, onChange } = this.port;
    const track = devices.tracks.video;
    if (!blursBackground) choices.set({ blursBackground });
    if (track && readBackground(track) === 'able') {
      const wanted: Blurring = { ...track.getConstraints(), backgroundBlur: blursBackground };
      await track.applyConstraints(wanted).catch(() => undefined);
    }
    if (blursBackground) choices.set({ blursBackground });
    onChange();
  }

  /** The system may change it beside us, as by the menu of the camera. */
  private watch(track: MediaStreamTrack | null): void {
    this.watched?.removeEventListener('configurationchange', this.onConfigured);
    this.watched = track;
    track?.addEventListener('configurationchange', this.onConfigured);
    this.port.onChange();
  }
}
