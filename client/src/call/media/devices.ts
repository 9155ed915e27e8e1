// Opens, swaps, switches and closes the own camera and microphone. It knows no page and no peer, and may be open before there is
// a call. Law: a device that is switched off or given up never stays open behind a person's back.

import { MEDIA_KINDS, type MediaKind } from '../../base/media-kind';
import { type DeviceChoices, wantedSwitches } from './device-choices';
import {
  DEVICE_NAMES,
  type DeviceName,
  findDevices,
  isBlurred,
  kindsOf,
  queryPermission,
  type Wanted,
  withTimeout,
} from './device-permissions';
import {
  type DeviceList,
  listDevices,
  type MediaProblem,
  needsRepair,
  type OpenedTracks,
  openDevices,
  process,
  sharpen,
} from './open-devices';

/** A shorter silence is a hiccup of a busy device, and is not reported. */
const TAKEN_MS = 2_000;

/** The browser's question may stay open, or the camera may never start: after this time the page says where to look. */
const UNANSWERED_MS = 8_000;

/** The problems that a newly plugged device may solve. */
const MENDABLE: ReadonlySet<MediaProblem | null> = new Set(['not-found', 'stopped']);

/** How the own devices stand after an attempt to open one, or after one was lost. */
export interface DeviceStatus {
  readonly on: Wanted;
  readonly missing: Readonly<Record<MediaKind, boolean>>;
  /** The problem of this attempt. */
  readonly problem: MediaProblem | null;
}

/** A device that the browser or the system swapped, by the label of the one in use now. */
export interface DeviceSwap {
  readonly device: (typeof DEVICE_NAMES)[MediaKind];
  readonly label: string;
}

/** Makes of the device's own track (null: there is none) what is sent in its place. It is asked again for each track, and may give
 * the same one for all: then the connection sees no change. */
export type Retouch = (own: MediaStreamTrack | null) => MediaStreamTrack | null;

/** Who chose blur is not sent sharp while what blurs is still loaded. */
const hold: Retouch = (own) => (isBlurred(own) ? own : null);

export interface DevicesListener {
  readonly onTrack: (kind: MediaKind, track: MediaStreamTrack | null) => void;
  /** Another track is sent from now on. */
  readonly onSent: (kind: MediaKind, track: MediaStreamTrack | null) => void;
  readonly onStream: (stream: MediaStream | null) => void;
  readonly onStatus: (status: DeviceStatus) => void;
  /** The camera was asked for more pixels, and gives what it has. */
  readonly onSharpened: (track: MediaStreamTrack) => void;
  /** A device was plugged in or pulled, or the browser tells the names for the first time. */
  readonly onList: (list: DeviceList) => void;
  /** A device was swapped without the person's doing. */
  readonly onSwapped: (swapped: DeviceSwap) => void;
}

export class Devices {
  /** The devices' own tracks by kind. A camera that is off has none. */
  readonly tracks: Record<MediaKind, MediaStreamTrack | null> = { audio: null, video: null };
  /** What the peer connection sends: the own tracks, or what is made of them. */
  readonly sent: Record<MediaKind, MediaStreamTrack | null> = { audio: null, video: null };
  /** The own picture. */
  stream: MediaStream | null = null;
  isOpen = false;
  /** What the person wants on; a missing device does not change it. */
  on: Wanted = { audio: true, video: true };

  private readonly problems: Record<MediaKind, MediaProblem | null> = { audio: null, video: null };
  private status: DeviceStatus | null = null;
  /** Counts the attempts of each kind: an answer to an earlier attempt comes too late. */
  private readonly attempts: Record<MediaKind, number> = { audio: 0, video: 0 };
  private readonly retouches: Record<MediaKind, Retouch | null> = { audio: null, video: null };
  private readonly listeners = new Set<Partial<DevicesListener>>();
  private readonly sharpened = new WeakSet<MediaStreamTrack>();
  private readonly onDeviceChange = () => void this.repair();

  constructor(
    readonly choices: DeviceChoices,
    private readonly log: (what: string, detail: unknown) => void,
  ) {}

  /** Tell *listener* the status, now and whenever it changes, until the returned function is called. */
  subscribe(listener: Partial<DevicesListener>): () => void {
    this.listeners.add(listener);
    listener.onStream?.(this.stream);
    if (this.status) listener.onStatus?.(this.status);
    return () => this.listeners.delete(listener);
  }

  /** Open the devices that are on, by default (null) as the person left them. The status says which are missing. */
  open({ audio, video }: Readonly<Record<MediaKind, boolean | null>> = { audio: null, video: null }): void {
    this.on = this.wantedSwitches({ audio, video });
    this.isOpen = true;
    for (const kind of MEDIA_KINDS) this.problems[kind] = null;
    if (!this.on.video) this.release('video');
    this.enable('audio');
    // Not earlier: a browser that begins to watch its devices opens them later.
    void this.acquire(this.on).then(() => this.isOpen && this.watchDeviceChanges());
  }

  private watchDeviceChanges(): void {
    navigator.mediaDevices?.addEventListener?.('devicechange', this.onDeviceChange);
  }

  /** Tell what is on: as it was switched in this tab, else (null) as the person left it in an earlier session. */
  wantedSwitches(inTab: Readonly<Record<MediaKind, boolean | null>>): Wanted {
    return wantedSwitches(this.choices.get(), inTab);
  }

  /** Switch a device. A muted microphone stays open, to be back at once; a camera is closed, so that its light is off. Before
   * `open` the browser is not asked, and the switch is remembered. */
  switch(kind: MediaKind, on: boolean): void {
    this.on = { ...this.on, [kind]: on };
    this.choices.set({ [kind]: on });
    this.enable(kind);
    const track = this.tracks[kind];
    if (!on && kind === 'video') this.release(kind);
    if (!on || !this.isOpen) return;
    if (!track) void this.acquire(only(kind));
    else if (track.muted) this.recover(kind);
  }

  /** Try the *missing* devices again. A muted microphone stays muted, and a camera that is off stays off. */
  retry(missing: Wanted): void {
    const wanted = { audio: missing.audio, video: missing.video && this.on.video };
    const isTaken = (kind: MediaKind) => wanted[kind] && this.tracks[kind] !== null;
    for (const kind of MEDIA_KINDS.filter(isTaken)) this.recover(kind);
    void this.acquire({ audio: wanted.audio && !isTaken('audio'), video: wanted.video && !isTaken('video') });
  }

  /** Open the microphone of a person who came muted, where the browser does not ask them: then the page can tell them that
   * nobody hears them. A failure is not reported. */
  async openMuted(): Promise<void> {
    const { audio: attempts } = this.attempts;
    if (this.tracks.audio || (await queryPermission(DEVICE_NAMES.audio)) !== 'granted') return;
    // A newer attempt decides.
    if (this.attempts.audio !== attempts || this.on.audio || !this.isOpen) return;
    const isCurrent = this.beginAttempt(['audio']);
    const { audio } = await openDevices(only('audio'), this.choices.get());
    if (!audio) return;
    if (!isCurrent('audio')) return audio.stop();
    this.use('audio', audio);
  }

  /** The person is back at the page: ask again for the devices that the system took and did not give back. */
  wake(): void {
    for (const kind of MEDIA_KINDS) {
      if (this.tracks[kind]?.muted && this.problems[kind] === 'stopped') this.recover(kind);
    }
  }

  /** Ask again for a device that the system took. Until it is there the muted track stays: the system may give it back. */
  private recover(kind: MediaKind): void {
    this.problems[kind] = 'stopped';
    void this.swap(kind);
  }

  /** Use the device of this id from now on, in every session; null follows the system. */
  async choose(device: DeviceName, id: string | null): Promise<void> {
    this.choices.set({ [device]: id });
    if (device !== 'speaker') await this.swap(device === 'camera' ? 'video' : 'audio');
  }

  /** Send sound as it is, or cleaned for speech. A browser that cannot change an open microphone opens it anew. */
  async setMusic(isMusic: boolean): Promise<void> {
    this.choices.set({ isMusic });
    const track = this.tracks.audio;
    if (track && !(await process(track, isMusic))) await this.swap('audio');
  }

  /** Send what *change* makes of the device's track from now on; null sends the track itself. */
  retouch(kind: MediaKind, change: Retouch | null): void {
    this.retouches[kind] = change;
    this.send(kind);
  }

  /** Tell which device is in use; null for the system's own or none. */
  current(device: DeviceName): string | null {
    if (device === 'speaker') return this.choices.get().speaker;
    return this.tracks[device === 'camera' ? 'video' : 'audio']?.getSettings().deviceId ?? null;
  }

  list(): Promise<DeviceList> {
    return listDevices();
  }

  /** Ask the camera for more pixels, once. */
  sharpen(): void {
    const { video } = this.tracks;
    if (!video || this.sharpened.has(video)) return;
    this.sharpened.add(video);
    void sharpen(video).then(() => this.sent.video === video && this.emit('onSharpened', video));
  }

  /** Close every device; `open` begins anew. */
  stop(): void {
    this.isOpen = false;
    navigator.mediaDevices?.removeEventListener?.('devicechange', this.onDeviceChange);
    for (const kind of MEDIA_KINDS) this.release(kind);
  }

  // ── Opening ───────────────────────────────────────────────────────────────────────────────────

  private async acquire(wanted: Wanted, isLost = false): Promise<boolean> {
    const kinds = MEDIA_KINDS.filter((kind) => wanted[kind]);
    if (kinds.length === 0 || !this.isOpen) return false;
    for (const kind of kinds) this.problems[kind] = null;
    const isCurrent = this.beginAttempt(kinds);
    const opened = await this.ask(wanted, isCurrent);
    const answered = kinds.filter((kind) => this.take(kind, opened, isCurrent(kind)));
    if (answered.length > 0) this.report(isLost && opened.problem === 'not-found' ? 'gone' : opened.problem);
    return answered.some((kind) => opened[kind] !== null);
  }

  /** Ask the browser. A long silence is reported as a problem; a late answer counts all the same. */
  private async ask(wanted: Wanted, isCurrent: (kind: MediaKind) => boolean): Promise<OpenedTracks> {
    const timer = setTimeout(() => {
      const waiting = kindsOf(wanted).filter(isCurrent);
      this.log('no answer yet', waiting);
      for (const kind of waiting) if (!this.tracks[kind]) this.problems[kind] = 'unanswered';
      if (waiting.length > 0) this.report('unanswered');
    }, UNANSWERED_MS);
    const opened = await openDevices(wanted, this.choices.get());
    clearTimeout(timer);
    return opened;
  }

  private take(kind: MediaKind, opened: OpenedTracks, isCurrent: boolean): boolean {
    const track = opened[kind];
    if (!isCurrent) {
      track?.stop();
      return false;
    }
    this.problems[kind] = track ? null : (opened.problem ?? 'unknown');
    this.use(kind, track);
    return true;
  }

  /** Replace the open device by another. If that fails, the open one stays. */
  private async swap(kind: MediaKind): Promise<boolean> {
    const before = this.tracks[kind];
    if (!before) return this.on[kind] && this.acquire(only(kind));
    const isCurrent = this.beginAttempt([kind]);
    // A phone may end its open camera when it opens another one: the answer that is awaited counts.
    before.onended = () => this.tracks[kind] === before && this.use(kind, null);
    let opened = await this.ask(only(kind), isCurrent);
    if (opened.problem === 'in-use' && !before.muted && isCurrent(kind)) {
      // Most phones open one camera at a time, and old Firefox one microphone.
      before.stop();
      opened = await openDevices(only(kind), this.choices.get());
      if (!opened[kind]) opened = { ...(await openDevices(only(kind))), problem: opened.problem };
    }
    const mayStay = opened[kind] === null && before.readyState === 'live' && isCurrent(kind);
    if (mayStay) this.watchEnd(kind, before);
    else if (!this.take(kind, opened, isCurrent(kind))) return false;
    this.report(opened.problem);
    return opened[kind] !== null;
  }

  private beginAttempt(kinds: readonly MediaKind[]): (kind: MediaKind) => boolean {
    for (const kind of kinds) this.attempts[kind] += 1;
    const now = { ...this.attempts };
    return (kind) => this.attempts[kind] === now[kind];
  }

  private use(kind: MediaKind, track: MediaStreamTrack | null): void {
    const before = this.tracks[kind];
    this.tracks[kind] = track;
    if (track) {
      this.watchEnd(kind, track);
      track.onmute = track.onunmute = () => this.handleMute(kind, track);
      if (track.muted) this.handleMute(kind, track);
    }
    this.emit('onTrack', kind, track);
    this.send(kind);
    before?.stop();
  }

  private watchEnd(kind: MediaKind, track: MediaStreamTrack): void {
    track.onended = () => void this.replaceLost(kind, track);
  }

  private send(kind: MediaKind): void {
    const own = this.tracks[kind];
    const isHeld = kind === 'video' && this.choices.get().blursBackground;
    const change = this.retouches[kind] ?? (isHeld ? hold : null);
    const sent = change ? change(own) : own;
    const isNew = sent !== this.sent[kind];
    this.sent[kind] = sent;
    this.enable(kind);
    if (!isNew) return;
    this.emit('onSent', kind, sent);
    if (kind === 'video') {
      this.stream = sent && new MediaStream([sent]);
      this.emit('onStream', this.stream);
    }
  }

  private enable(kind: MediaKind): void {
    for (const track of [this.tracks[kind], this.sent[kind]]) if (track) track.enabled = this.on[kind];
  }

  private release(kind: MediaKind): void {
    this.attempts[kind] += 1;
    if (this.tracks[kind]) this.use(kind, null);
  }

  private report(problem: MediaProblem | null): void {
    const missing = { audio: this.problems.audio !== null, video: this.problems.video !== null };
    this.status = { on: this.on, missing, problem };
    this.emit('onStatus', this.status);
  }

  // ── What the system does ──────────────────────────────────────────────────────────────────────

  /** A track ended by itself: its device was pulled, or the permission taken back. */
  private async replaceLost(kind: MediaKind, track: MediaStreamTrack): Promise<void> {
    if (this.tracks[kind] !== track) return;
    this.log('device lost', kind);
    this.use(kind, null);
    const isCurrent = this.beginAttempt([kind]);
    const { deviceId } = track.getSettings();
    const isThere = (await withTimeout(findDevices(), [])).some((device) => device.deviceId === deviceId);
    if (!isCurrent(kind)) return;
    if (isThere) {
      // The person took the permission back, or the system wants the device: do not ask at once.
      this.problems[kind] = 'stopped';
      this.report('stopped');
    } else if (await this.acquire(only(kind), true)) this.tellSwapped(kind);
  }

  /** The system took a device or gave it back, as a phone does for a ringing call: its track is muted, and still there
   * (W3C Media Capture §4.3.1). Both people should know that one of them is not seen or heard. */
  private handleMute(kind: MediaKind, track: MediaStreamTrack): void {
    const isUsed = () => this.tracks[kind] === track;
    if (!isUsed()) return;
    if (track.muted) {
      setTimeout(() => {
        if (!isUsed() || !track.muted || !this.on[kind]) return;
        this.log('device taken', kind);
        this.problems[kind] = 'stopped';
        this.report('stopped');
      }, TAKEN_MS);
    } else if (this.problems[kind] === 'stopped') {
      this.problems[kind] = null;
      this.report(this.problems.audio ?? this.problems.video);
      // Safari says that the device is back, and sends nothing until it is opened anew.
      void this.swap(kind);
    }
  }

  /** A device was plugged in or pulled: use the one that should be used now. */
  private async repair(): Promise<void> {
    const found = await findDevices();
    if (!this.isOpen) return;
    for (const kind of MEDIA_KINDS) {
      const track = this.tracks[kind];
      const isWanted = track !== null || (this.on[kind] && MENDABLE.has(this.problems[kind]));
      const chosen = this.choices.get()[DEVICE_NAMES[kind]];
      if (!isWanted || !needsRepair(found, kind, track, chosen)) continue;
      this.log('devices changed', kind);
      if (await this.swap(kind)) this.tellSwapped(kind);
    }
    this.emit('onList', await this.list());
  }

  private tellSwapped(kind: MediaKind): void {
    const label = this.tracks[kind]?.label ?? '';
    this.emit('onSwapped', { device: DEVICE_NAMES[kind], label });
  }

  private emit<K extends keyof DevicesListener>(what: K, ...values: Parameters<DevicesListener[K]>): void {
    for (const listener of this.listeners) {
      (listener[what] as ((...values: unknown[]) => void) | undefined)?.(...values);
    }
  }
}

function only(kind: MediaKind): Wanted {
  return { audio: kind === 'audio', video: kind === 'video' };
}
