// A person's devices, and what they reported.

import { vi } from 'vitest';
import { DeviceChoices } from '../src/call/media/device-choices';
import { type DeviceStatus, type DeviceSwap, Devices, type DevicesListener } from '../src/call/media/devices';
import { settle } from './fake-computer';

/** What a person's devices told, and how they stand. */
export class Watched {
  readonly devices = new Devices(new DeviceChoices(), () => undefined);
  readonly statuses: DeviceStatus[] = [];
  readonly swapped: DeviceSwap[] = [];
  readonly tracks: (string | null)[] = [];
  lists = 0;

  constructor(more: Partial<DevicesListener> = {}) {
    this.devices.subscribe({
      onStatus: (status) => this.statuses.push(status),
      onSwapped: (swapped) => this.swapped.push(swapped),
      onTrack: (_kind, track) => this.tracks.push(track?.label ?? null),
      onList: () => {
        this.lists += 1;
      },
      ...more,
    });
  }

  get status(): DeviceStatus | undefined {
    return this.statuses[this.statuses.length - 1];
  }

  get used(): (string | undefined)[] {
    return [this.devices.tracks.audio?.label, this.devices.tracks.video?.label];
  }
}

export async function open(): Promise<Watched> {
  const watched = new Watched();
  watched.devices.open();
  await settle();
  return watched;
}

/** Give this test a storage of its own. */
export function stubStorage(): void {
  const storage = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
  });
}
