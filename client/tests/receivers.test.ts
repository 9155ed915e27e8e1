import { expect, test } from 'vitest';
import { readLevel, readPlayed } from '../src/call/transport/receivers';

interface Source {
  readonly timestamp: number;
  readonly audioLevel?: number;
}

const connectionOf = (...receivers: readonly [kind: string, sources: readonly Source[] | null][]) =>
  ({
    getReceivers: () =>
      receivers.map(([kind, sources]) => ({
        track: { kind },
        ...(sources && { getSynchronizationSources: () => sources }),
      })),
  }) as unknown as RTCPeerConnection;

test('the level is that of the sound, and media was last played when any of it was', () => {
  const connection = connectionOf(
    ['video', [{ timestamp: 70 }]],
    ['audio', [{ timestamp: 60, audioLevel: 0.25 }]],
  );

  expect([readLevel(connection), readPlayed(connection)]).toEqual([0.25, 70]);
});

test('before the first media, and where a browser does not tell, there is silence and no time', () => {
  for (const connection of [connectionOf(), connectionOf(['audio', []]), connectionOf(['audio', null])])
    expect([readLevel(connection), readPlayed(connection)]).toEqual([0, null]);
});
