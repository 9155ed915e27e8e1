// Decides who blurs the own background, as the person chose it: the camera's own system where it does, else a thread of ours. Law: who
// chose it is never sent sharp; what fails closes the camera, is said once, and stays off until it is chosen again.

import type { Chosen, DeviceChoices } from '../call/media/device-choices';
import { isBlurred } from '../call/media/device-permissions';
import type { Devices } from '../call/media/devices';
import { BackgroundBlur, type BlurTrouble } from './background-blur';
import { canBlur } from './blur-rules';

interface BlurPort {
  readonly devices: Pick<Devices, 'retouch'>;
  readonly choices: Pick<DeviceChoices, 'get' | 'set' | 'subscribe'>;
  /** Close the camera, as its button does: the same button opens it again. */
  readonly closeCamera: () => void;
  readonly tell: (news: BlurTrouble | null) => void;
}

export class OwnBlur {
  private isWanted = false;
  private blur: BackgroundBlur | null = null;
  private camera: MediaStreamTrack | null = null;
  /** The system may switch its own blur beside us. */
  private readonly onConfigured = () => this.begin();

  constructor(private readonly port: BlurPort) {
    port.choices.subscribe((chosen) => this.follow(chosen));
    this.follow(port.choices.get());
  }

  private follow({ blursBackground }: Chosen): void {
    if (blursBackground === this.isWanted) return;
    this.isWanted = blursBackground;
    if (blursBackground) {
      this.port.tell(null);
      this.begin();
    } else {
      this.watch(null);
      this.port.devices.retouch('video', null);
      this.drop();
    }
  }

  private begin(): void {
    this.port.devices.retouch('video', (camera) => this.take(camera));
  }

  private take(camera: MediaStreamTrack | null): MediaStreamTrack | null {
    this.watch(camera);
    if (camera && isBlurred(camera)) {
      this.drop();
      return camera;
    }
    if (camera && !this.blur) this.open();
    return this.blur?.take(camera) ?? null;
  }

  private open(): void {
    try {
      if (!canBlur()) throw new Error('not in this browser');
      const blur = new BackgroundBlur((trouble) => this.blur === blur && this.fail(trouble));
      this.blur = blur;
    } catch {
      // Not at once: the caller is about to send.
      void Promise.resolve().then(() => this.fail('failed'));
    }
  }

  private watch(camera: MediaStreamTrack | null): void {
    this.camera?.removeEventListener('configurationchange', this.onConfigured);
    this.camera = camera;
    camera?.addEventListener('configurationchange', this.onConfigured);
  }

  private drop(): void {
    this.blur?.close();
    this.blur = null;
  }

  /** The camera is closed first: the choice alone would send it sharp. */
  private fail(trouble: BlurTrouble): void {
    if (!this.isWanted) return;
    this.port.closeCamera();
    this.port.choices.set({ blursBackground: false });
    this.port.tell(trouble);
  }
}
