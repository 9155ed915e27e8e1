// The devices of one page, and what they have told so far.

import { Choices } from '../src/call/choices';
import { Devices, type DevicesWatcher, type Standing, type Swapped } from '../src/call/devices';
import { settle } from './computer';

/** What a person's devices told, and how they stand. */
export class Watched {
  readonly devices = new Devices(new Choices(), () => undefined);
  readonly standings: Standing[] = [];
  readonly swapped: Swapped[] = [];
  readonly tracks: (string | null)[] = [];
  lists = 0;

  constructor(more: Partial<DevicesWatcher> = {}) {
    this.devices.watch({
      onStanding: (standing) => this.standings.push(standing),
      onSwapped: (swapped) => this.swapped.push(swapped),
      onTrack: (_kind, track) => this.tracks.push(track?.label ?? null),
      onList: () => {
        this.lists += 1;
      },
      ...more,
    });
  }

  get standing(): Standing | undefined {
    return this.standings[this.standings.length - 1];
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
