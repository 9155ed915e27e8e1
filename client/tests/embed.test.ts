import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MountedCall, MountOptions } from '../src/embed/embed';
import type { ParentEvent } from '../src/embed/parent-events';
import { FakeElement, FakeFrame, FakePage } from './fake-page';

const CALL = 'https://call.example';
const URL_OF_CALL = `${CALL}/?room=r1&role=student`;
const TICK = {
  type: 'timer-update',
  sessionId: 'r1',
  elapsedSeconds: 330,
  formattedTime: '05:30',
  userRole: 'student',
  timestamp: 1_698_234_897_890,
};

const READY = { type: 'call-ready', sessionId: 'r1', timestamp: 1_698_234_897_890 };

let page: FakePage;
let host: FakeElement;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  page = new FakePage();
  host = new FakeElement();
  for (const [name, value] of Object.entries(page.globals())) vi.stubGlobal(name, value);
  await import('../src/embed/embed');
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function mount(options: Partial<MountOptions> = {}): { call: MountedCall; events: ParentEvent[] } {
  const events: ParentEvent[] = [];
  const call = window.LangDAOCall.mount(host as unknown as HTMLElement, {
    url: URL_OF_CALL,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { call, events };
}

function frameOf(element: FakeElement): FakeFrame {
  const [frame] = element.children;
  if (!(frame instanceof FakeFrame)) throw new Error('there is no iframe');
  return frame;
}

describe('a mounted call', () => {
  test('is an iframe that may use camera and microphone and tells its parent by the origin alone', () => {
    mount({ title: 'Lesson with Marta' });

    const frame = frameOf(host);
    expect(frame.src).toBe(URL_OF_CALL);
    expect(frame.allow).toBe(
      'camera; microphone; display-capture; speaker-selection; screen-wake-lock; autoplay; fullscreen; picture-in-picture; clipboard-write; on-device-speech-recognition; local-network; local-network-access',
    );
    expect(frame.referrerPolicy).toBe('origin');
    expect(frame.title).toBe('Lesson with Marta');
  });

  test('joins at once where the platform wants no lobby', () => {
    mount({ lobby: 'off' });

    expect(frameOf(host).src).toBe(`${URL_OF_CALL}&lobby=off`);
  });

  test('tells an event to onEvent and as a CustomEvent on the host, with the message as it came', () => {
    const { call, events } = mount();
    const heard: unknown[] = [];
    host.addEventListener('timer-update', (event) => heard.push((event as CustomEvent).detail));

    page.post(TICK, CALL, call.window);

    expect(events).toEqual([TICK]);
    expect(heard).toEqual([TICK]);
  });

  test.each([
    ['another window of the same origin', TICK, CALL, {}],
    ['no window at all', TICK, CALL, null],
  ])('does not hear %s', (_name, data, origin, source) => {
    const { events } = mount();

    page.post(data, origin, source);

    expect(events).toEqual([]);
  });

  test.each([
    ['another origin', TICK, 'https://evil.example'],
    ['the right host by http', TICK, 'http://call.example'],
    ['an unknown type', { ...TICK, type: 'click' }, CALL],
    ['a type every object has', { ...TICK, type: 'toString' }, CALL],
    ['a string', JSON.stringify(TICK), CALL],
    ['null', null, CALL],
  ])('does not hear %s in its own window', (_name, data, origin) => {
    const { call, events } = mount();

    page.post(data, origin, call.window);

    expect(events).toEqual([]);
  });

  test('r40: passes an answer to a warning on to the call, and to nobody else', () => {
    const { call } = mount();
    const postMessage = vi.fn();
    Object.assign(call.window as object, { postMessage });

    call.decide('wait');

    expect(postMessage.mock.calls).toEqual([[{ type: 'grace-period-decision', decision: 'wait' }, CALL]]);
  });

  test('says so when it hears nothing for 20 s, and hears what comes then', () => {
    const complained = vi.spyOn(console, 'error').mockReturnValue();
    const { call, events } = mount();

    vi.advanceTimersByTime(19_999);
    expect(events).toEqual([]);
    vi.advanceTimersByTime(1);
    page.post(TICK, CALL, call.window);

    expect(events).toMatchObject([{ type: 'embed-problem', code: 'no-answer' }, TICK]);
    expect(complained.mock.calls[0]?.[0]).toContain('FRAME_ANCESTORS');
  });

  test('says nothing of a call that is there', () => {
    const { call, events } = mount();
    page.post(READY, CALL, call.window);

    vi.advanceTimersByTime(60_000);

    expect(events).toEqual([READY]);
  });

  test('hears a frame without an origin of its own say that it is in a sandbox, and nothing else', () => {
    const { call, events } = mount();
    const sandboxed = { ...READY, type: 'embed-problem', code: 'sandboxed', needs: '', message: '' };

    page.post(TICK, 'null', call.window);
    page.post(sandboxed, 'null', {});
    page.post(sandboxed, 'null', call.window);

    expect(events).toEqual([sandboxed]);
  });

  test('is gone and deaf after remove, and a second remove does nothing', () => {
    const { call, events } = mount();
    const itsWindow = frameOf(host).contentWindow;

    call.remove();
    call.remove();
    page.post(TICK, CALL, itsWindow);

    expect(host.children).toEqual([]);
    expect(call.window).toBeNull();
    expect(events).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('cleans up by itself when the platform throws the iframe away', () => {
    mount();

    frameOf(host).remove();
    vi.advanceTimersByTime(1_000);

    expect(vi.getTimerCount()).toBe(0);
  });

  test('gives a host without a height one, and leaves one that has', () => {
    const low = new FakeElement();
    low.clientHeight = 150;

    window.LangDAOCall.mount(low as unknown as HTMLElement, { url: URL_OF_CALL });
    mount();

    expect(low.style.height).toBe('36rem');
    expect(host.style.height).toBeUndefined();
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])('refuses %s', (url) => {
    expect(() => mount({ url })).toThrow(TypeError);
    expect(host.children).toEqual([]);
  });

  test('refuses a host that is not in the page', () => {
    host.isConnected = false;

    expect(() => mount()).toThrow('Put the element into the page');
  });
});

describe('a call in a popup', () => {
  test('opens the link, hears that window, and closes it on remove', () => {
    const { call, events } = mount({ popup: true });
    const [popup] = page.popups.values();

    page.post(TICK, CALL, popup);
    call.remove();

    expect(popup).toMatchObject({ url: URL_OF_CALL, referrerPolicy: 'origin', closed: true });
    expect(host.children).toEqual([]);
    expect(events).toEqual([TICK]);
  });

  test('stops listening once the user has closed it', () => {
    const { call, events } = mount({ popup: true });
    const [popup] = page.popups.values();

    page.post(READY, CALL, popup);
    popup?.close();
    vi.advanceTimersByTime(1_000);
    page.post(TICK, CALL, popup);

    expect(call.window).toBeNull();
    expect(events).toEqual([READY]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('says so when it is closed before a word, as for a page whose opener policy cuts it off', () => {
    const complained = vi.spyOn(console, 'error').mockReturnValue();
    const { events } = mount({ popup: true });
    const [popup] = page.popups.values();

    Object.assign(popup ?? {}, { closed: true });
    vi.advanceTimersByTime(1_000);

    expect(events).toMatchObject([{ type: 'embed-problem', code: 'popup-unheard', sessionId: 'r1' }]);
    expect(complained.mock.calls[0]?.[0]).toContain('Cross-Origin-Opener-Policy: same-origin-allow-popups');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('says nothing when it is closed after it was heard', () => {
    const { events } = mount({ popup: true });
    const [popup] = page.popups.values();
    page.post(READY, CALL, popup);

    popup?.close();
    vi.advanceTimersByTime(1_000);

    expect(events).toEqual([READY]);
  });

  test('says so when the browser blocks it', () => {
    page.blocksPopups = true;

    expect(() => mount({ popup: true })).toThrow('blocked the call window');
  });
});

describe('the theme of a mounted call', () => {
  test('goes into the fragment, beside the token', () => {
    window.LangDAOCall.mount(host as unknown as HTMLElement, {
      url: `${URL_OF_CALL}#token=a.b.c`,
      look: { brand: 'Língua €', radius: 4 },
    });

    const fragment = new URLSearchParams(new URL(frameOf(host).src).hash.slice(1));
    expect(fragment.get('token')).toBe('a.b.c');
    expect(JSON.parse(Buffer.from(fragment.get('look') ?? '', 'base64url').toString())).toEqual({
      brand: 'Língua €',
      radius: 4,
    });
  });

  test('is read from the data attributes of the element', async () => {
    const { readThemeAttributes } = await import('../src/embed/theme-fragment');

    expect(readThemeAttributes({ accent: '#0f766e', radius: '14', features: ' chat  screen ' })).toEqual({
      accent: '#0f766e',
      radius: 14,
      features: ['chat', 'screen'],
    });
    expect(readThemeAttributes({})).toEqual({});
  });
});

describe('<langdao-call>', () => {
  type CallElement = FakeElement & {
    connectedCallback(): void;
    disconnectedCallback(): void;
    attributeChangedCallback(): void;
  };

  function makeElement(src?: string): CallElement {
    const Element = page.elements.get('langdao-call');
    if (!Element) throw new Error('the element is not defined');
    const element = new Element() as unknown as CallElement;
    if (src !== undefined) element.attributes.src = src;
    return element;
  }

  test('mounts the call of its src while it is in the page', () => {
    const element = makeElement(URL_OF_CALL);

    element.connectedCallback();
    expect(frameOf(element).src).toBe(URL_OF_CALL);

    element.disconnectedCallback();
    expect(element.children).toEqual([]);
  });

  test('changes the call when its src changes, and has none without', () => {
    const element = makeElement();
    element.connectedCallback();
    expect(element.children).toEqual([]);

    for (const room of ['r1', 'r2']) {
      element.attributes.src = `${CALL}/?room=${room}`;
      element.attributeChangedCallback();
    }

    expect(element.children.map((child) => (child as FakeFrame).src)).toEqual([`${CALL}/?room=r2`]);
  });

  test('waits with its call until it is in the page', () => {
    const element = makeElement(URL_OF_CALL);
    element.isConnected = false;

    element.attributeChangedCallback();

    expect(element.children).toEqual([]);
  });

  test('is defined once when the script is included twice', async () => {
    const first = page.elements.get('langdao-call');
    const api = window.LangDAOCall;

    vi.resetModules();
    await import('../src/embed/embed');

    expect(page.elements.get('langdao-call')).toBe(first);
    expect(window.LangDAOCall).toBe(api);
  });
});
