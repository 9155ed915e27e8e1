// Just enough of a page for /embed.js to run in: a window that gets messages, hosts, iframes, popups.
// Real browsers run the script in tests/browser; here its laws are tried one by one.

export const PAGE = 'https://platform.example/lessons/7';

export class FakeElement extends EventTarget {
  readonly style: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  isConnected = true;
  clientHeight = 600;
  title = '';
  attributes: Record<string, string> = {};

  appendChild(child: FakeElement): void {
    this.children.push(child);
    child.remove = () => {
      this.children.splice(this.children.indexOf(child), 1);
      if (child instanceof FakeFrame) child.contentWindow = null;
    };
  }

  remove(): void {}

  getAttribute(name: string): string | null {
    return this.attributes[name] ?? null;
  }
}

export class FakeFrame extends FakeElement {
  contentWindow: object | null = {};
  src = '';
  allow = '';
  referrerPolicy = '';
}

export class FakePopup {
  closed = false;
  close(): void {
    this.closed = true;
  }
}

/** The page's window, and what was opened and defined in it. */
export class FakePage extends EventTarget {
  readonly elements = new Map<string, CustomElementConstructor>();
  readonly opened: { url: string; popup: FakePopup }[] = [];
  blocksPopups = false;

  /** Make the globals of this page those of the process; returns what they are to be put under. */
  globals(): Record<string, unknown> {
    return {
      window: globalThis,
      location: new URL(PAGE),
      HTMLElement: FakeElement,
      document: { createElement: () => new FakeFrame() },
      customElements: {
        get: (name: string) => this.elements.get(name),
        define: (name: string, element: CustomElementConstructor) => this.elements.set(name, element),
      },
      getComputedStyle: () => ({ display: 'inline' }),
      addEventListener: this.addEventListener.bind(this),
      removeEventListener: this.removeEventListener.bind(this),
      open: (url: string) => {
        if (this.blocksPopups) return null;
        const popup = new FakePopup();
        this.opened.push({ url, popup });
        return popup;
      },
    };
  }

  /** Deliver a message as the browser would. */
  post(data: unknown, origin: string, source: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
  }
}
