// A computer with cameras and microphones that can be plugged in and pulled, as a page sees it (W3C Media Capture).

import { vi } from 'vitest';

type Input = 'audioinput' | 'videoinput';

interface Device {
  readonly kind: Input | 'audiooutput';
  readonly deviceId: string;
  readonly label: string;
  readonly groupId: string;
}

export class FakeTrack {
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  muted = false;
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;

  constructor(
    readonly kind: 'audio' | 'video',
    readonly label: string,
    readonly deviceId: string,
    private constraints: MediaTrackConstraints,
    private readonly canApply: boolean,
  ) {}

  getSettings = () => {
    const { echoCancellation, noiseSuppression } = this.constraints;
    return {
      deviceId: this.deviceId,
      ...(echoCancellation !== undefined && { echoCancellation }),
      ...(noiseSuppression !== undefined && { noiseSuppression }),
    };
  };

  getConstraints = () => this.constraints;

  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    if (this.canApply) this.constraints = constraints;
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

class FakeStream {
  constructor(private readonly tracks: readonly FakeTrack[]) {}
  getTracks = () => [...this.tracks];
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
}

export class Computer {
  readonly opened: FakeTrack[] = [];
  /** Whether an open device can be given other constraints. */
  canApply = true;
  /** As on most phones: a second camera or microphone cannot be had while one is open. */
  isOneAtATime = false;
  /** Ids of devices that another program uses. */
  readonly busy = new Set<string>();
  private devices: Device[] = [];
  private readonly listeners = new Set<() => void>();
  private gate: Promise<void> = Promise.resolve();

  constructor(...names: readonly string[]) {
    for (const name of names) this.devices.push(deviceOf(name));
    vi.stubGlobal('MediaStream', FakeStream);
    vi.stubGlobal('navigator', {
      mediaDevices: {
        getUserMedia: (constraints: MediaStreamConstraints) => this.getUserMedia(constraints),
        enumerateDevices: () => Promise.resolve([...this.devices]),
        addEventListener: (_type: string, listener: () => void) => this.listeners.add(listener),
        removeEventListener: (_type: string, listener: () => void) => this.listeners.delete(listener),
      },
    });
  }

  /** Plug in `camera one`, `microphone two`, `speaker one`; the name's first word says what it is. */
  async plugIn(name: string): Promise<void> {
    this.devices.push(deviceOf(name));
    await this.tellChange();
  }

  /** Pull a device; not every browser ends its track. */
  async pull(name: string, endsTrack = true): Promise<void> {
    const { deviceId } = deviceOf(name);
    this.devices = this.devices.filter((device) => device.deviceId !== deviceId);
    for (const track of endsTrack ? this.live() : []) {
      if (track.deviceId !== deviceId) continue;
      track.readyState = 'ended';
      track.onended?.();
    }
    await this.tellChange();
  }

  /** Take the open devices away from the page (*muted*), or give them back: what a phone does while it rings. */
  take(muted: boolean): void {
    for (const track of this.live()) {
      track.muted = muted;
      if (muted) track.onmute?.();
      else track.onunmute?.();
    }
  }

  /** Let Chrome's entry for the system's own microphone stand for *name* from now on. */
  async setDefaultMicrophone(name: string): Promise<void> {
    const entry = { ...deviceOf(name), deviceId: 'default', label: `Default - ${name}` };
    this.devices = [entry, ...this.devices.filter(({ deviceId }) => deviceId !== 'default')];
    await this.tellChange();
  }

  /** Let every question to the person wait until the returned function is called. */
  hold(): () => Promise<void> {
    let open = () => {};
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return async () => {
      open();
      await settle();
    };
  }

  live(): FakeTrack[] {
    return this.opened.filter(({ readyState }) => readyState === 'live');
  }

  private async tellChange(): Promise<void> {
    for (const listener of this.listeners) listener();
    await settle();
  }

  private async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    await this.gate;
    const tracks = (['audio', 'video'] as const)
      .filter((kind) => constraints[kind])
      .map((kind) => this.find(kind, constraints[kind] as MediaTrackConstraints));
    this.opened.push(...tracks);
    return new FakeStream(tracks);
  }

  private find(kind: 'audio' | 'video', constraints: MediaTrackConstraints): FakeTrack {
    const exact = (constraints.deviceId as { exact?: string } | undefined)?.exact;
    const there = this.devices.filter((device) => device.kind === `${kind}input`);
    const device = exact === undefined ? there[0] : there.find(({ deviceId }) => deviceId === exact);
    if (!device) throw { name: exact === undefined ? 'NotFoundError' : 'OverconstrainedError' };
    const isTaken = this.isOneAtATime && this.live().some((track) => track.kind === kind);
    if (isTaken || this.busy.has(device.deviceId)) throw { name: 'NotReadableError' };
    return new FakeTrack(kind, device.label, device.deviceId, constraints, this.canApply);
  }
}

/** Let everything that waits for nothing but promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

function deviceOf(name: string): Device {
  const kinds = { camera: 'videoinput', microphone: 'audioinput', speaker: 'audiooutput' } as const;
  const kind = kinds[name.split(' ')[0] as keyof typeof kinds];
  return { kind, deviceId: name.replace(' ', '-'), label: name, groupId: name };
}
