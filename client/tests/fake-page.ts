// Just enough of a page for /embed.js to run in: a window that gets messages, hosts, iframes, popups.
// Real browsers run the script in tests/browser; here its laws are tried one by one.

const PAGE = 'https://platform.example/lessons/7';

export class FakeElement extends EventTarget {
  readonly style: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  isConnected = true;
  clientHeight = 600;
  title = '';
  attributes: Record<string, string> = {};
  dataset: Record<string, string> = {};

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

export class FakeLink extends FakeElement {
  href = '';
  target = '';
  referrerPolicy = '';
  click = (): void => {};
}

export class FakePopup {
  closed = false;
  url = '';
  referrerPolicy = '';
  close(): void {
    this.closed = true;
  }
}

/** The page's window, and what was opened and defined in it. */
export class FakePage extends EventTarget {
  readonly elements = new Map<string, CustomElementConstructor>();
  readonly popups = new Map<string, FakePopup>();
  blocksPopups = false;

  /** Make the globals of this page those of the process; returns what they are to be put under. */
  globals(): Record<string, unknown> {
    return {
      window: globalThis,
      location: new URL(PAGE),
      HTMLElement: FakeElement,
      document: { createElement: (tag: string) => (tag === 'a' ? this.makeLink() : new FakeFrame()) },
      customElements: {
        get: (name: string) => this.elements.get(name),
        define: (name: string, element: CustomElementConstructor) => this.elements.set(name, element),
      },
      getComputedStyle: () => ({ display: 'inline' }),
      addEventListener: this.addEventListener.bind(this),
      removeEventListener: this.removeEventListener.bind(this),
      open: (_url: string, name: string) => {
        if (this.blocksPopups) return null;
        this.popups.set(name, new FakePopup());
        return this.popups.get(name);
      },
    };
  }

  /** A clicked link takes the window of its target to its address. */
  private makeLink(): FakeLink {
    const link = new FakeLink();
    link.click = () =>
      Object.assign(this.popups.get(link.target) ?? {}, {
        url: link.href,
        referrerPolicy: link.referrerPolicy,
      });
    return link;
  }

  /** Deliver a message as the browser would. */
  post(data: unknown, origin: string, source: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
  }
}
