"""One person's browser tab, with the same methods for Chromium and Firefox.

The actions of a person (open, press, write) are real input through the browser. A test reads the page through
`evaluate` and the probe (probe.js), which runs before the page's own scripts.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from playwright.async_api import Error

from tests.browser.bidi import Bidi, BidiError, Json
from tests.browser.chromium import PROBE

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Frame, Page

HEARING: Final = (Path(__file__).parent / "hearing.js").read_text(encoding="utf-8")
SMALL_MEDIA: Final = (Path(__file__).parent / "small-media.js").read_text(encoding="utf-8")
STEADY_LINE: Final = (Path(__file__).parent / "steady-line.js").read_text(encoding="utf-8")
TEST_SCRIPTS: Final = (HEARING, SMALL_MEDIA, STEADY_LINE)
"""What runs in each tab of a test before the page's own scripts, after the probe."""

LOOK_EVERY_SECONDS: Final = 0.05
LOOK_LONG_SECONDS: Final = 1.0
"""For so long the page itself checks a condition, which costs less than a tenth of a question from here."""
LOOK_LONG: Final = """(async () => {{
    const until = performance.now() + {ms};
    const look = async () => document.body && ({condition});
    // A TypeError: it asks for something of an element that is not drawn yet.
    const nothingYet = (error) => {{ if (error?.name !== "TypeError") throw error; }};
    for (let pause = 20; ; pause = Math.min(pause * 1.25, 150)) {{
        const value = await look().catch(nothingYet);
        if (value || performance.now() > until) return value || null;
        await new Promise((look) => setTimeout(look, pause));
    }}
}})()"""
DEVICES: Final = ("camera", "microphone")
"""What a person has allowed. The headless shell opens fake devices without it, but tells pages that it would ask."""
WAIT_SECONDS_MAX: Final = 90.0
"""Long, because two browsers may share two cores with other programs. It only delays a failure."""


LOCALE: Final = "en-US"
WIDTH: Final = 1120
HEIGHT: Final = 700
"""The height of a window in CSS px, like a laptop's. A larger window needs a seventh more of the processor."""


class Tab(Protocol):
    """A tab with a profile of its own. It shares no storage with another tab unless a test asks for it."""

    console: list[str]

    async def open(self, url: str) -> None:
        """Go to *url* and wait until its document and scripts are loaded."""

    async def reload(self) -> None:
        """Load the same page again, as a person would with F5."""

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - any JSON of the page
        """Return the JSON value of a JavaScript *expression*, awaited if it is a promise."""

    async def press(self, name: str) -> None:
        """Click the button of this accessible name."""

    async def press_part(self, part: str) -> None:
        """Click the button of this part. Its text may vary."""

    async def write(self, field: str, text: str) -> None:
        """Write *text* into the text box of this accessible name, and press Enter."""

    async def choose(self, field: str, option: str) -> None:
        """Choose *option* in the list of this accessible name."""

    async def close(self) -> None:
        """Close the tab's window."""


DOCUMENT_GONE: Final = (
    "Execution context was destroyed",
    "Frame was detached",
    "AbortError",
    "no such frame",
)
"""What the browsers say when a page is left while they evaluate in it: Chromium first, then Firefox."""


class NeverHappened(AssertionError):
    """A condition for which a test waited did not become true in time."""


async def wait_until(tab: Tab, condition: str, seconds: float = WAIT_SECONDS_MAX) -> Any:  # noqa: ANN401
    """Evaluate *condition* in the page until it is truthy and return its value.

    During a reload there is no document, or one without elements, and the condition counts as false. So it does while
    it throws a TypeError. Raises NeverHappened with that error, the page's text and console after *seconds*.
    """
    look = LOOK_LONG.format(ms=round(min(seconds, LOOK_LONG_SECONDS) * 1000), condition=condition)
    deadline = asyncio.get_running_loop().time() + seconds
    while not (value := await evaluate_in_any_document(tab, look)):
        if asyncio.get_running_loop().time() > deadline:
            text = await tab.evaluate("document.body.innerText.slice(0, 1500)")
            console = "\n".join(tab.console[-40:])
            trace = await tab.evaluate("globalThis.__probe?.trace()")
            error = await tab.evaluate(f"(async () => ({condition}))().then(() => null, String)")
            raise NeverHappened(
                f"Never true: {condition}\n--- error\n{error}\n--- page\n{text}\n--- connections\n{trace}"
                f"\n--- console\n{console}"
            )
    return value


async def evaluate_in_any_document(tab: Tab, expression: str) -> Any:  # noqa: ANN401 - any JSON of the page
    """Evaluate *expression*; None if its document went away meanwhile, as at a reload."""
    try:
        return await tab.evaluate(expression)
    except (Error, BidiError) as error:
        if not any(sign in str(error) for sign in DOCUMENT_GONE):
            raise
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        return None


class ChromiumTab:
    """A tab of Chromium, driven by playwright. With *frame*, the call in an iframe of that tab."""

    def __init__(self, page: Page, frame: Frame | None = None) -> None:
        self.page = page
        self._frame = frame or page.main_frame
        self.console: list[str] = []
        self.locale = LOCALE
        self.is_rebuilt = False
        """Whether a test changed more of the tab than its page. Such a tab is lent to no other test."""
        self._added = AsyncExitStack()
        page.on("console", lambda line: self.console.append(line.text))
        page.on("pageerror", lambda error: self.console.append(f"uncaught: {error}"))

    async def open(self, url: str) -> None:
        """Go to *url*."""
        await self.page.goto(url)

    async def reload(self) -> None:
        """Load the page again."""
        await self.page.reload()

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401
        """Evaluate *expression*."""
        return await self._frame.evaluate(expression)

    async def press(self, name: str) -> None:
        """Click the button called *name*."""
        await self._frame.get_by_role("button", name=name, exact=True).click()

    async def press_part(self, part: str) -> None:
        """Click the button of this *part*."""
        await self._frame.click(f"[data-part={part}]")

    async def write(self, field: str, text: str) -> None:
        """Fill the text box called *field* and press Enter."""
        box = self._frame.get_by_role("textbox", name=field, exact=True)
        await box.fill(text)
        await box.press("Enter")

    async def choose(self, field: str, option: str) -> None:
        """Choose *option* in the list called *field*, after the option appears."""
        await self._frame.get_by_role("combobox", name=field, exact=True).select_option(label=option)

    async def resize(self, width: int, height: int) -> None:
        """Give the window this size in CSS px, and wait until the page is drawn for it.

        The page learns its size later than the browser: until then, a click aims at where things were before.
        """
        await self.page.set_viewport_size({"width": width, "height": height})
        await wait_until(self, f"innerWidth === {width} && innerHeight === {height}")
        await self.page.evaluate(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )

    async def add_script(self, script: str) -> None:
        """Run *script* in each later page before the page's own scripts."""
        await self._added.enter_async_context(await self.page.add_init_script(script))

    async def remove_scripts(self) -> None:
        """Run no added script in later pages."""
        await self._added.aclose()

    async def close(self) -> None:
        """Close the page with its unload handlers, as a click on × does, and wait until it is gone."""
        async with self.page.expect_event("close", timeout=WAIT_SECONDS_MAX * 1000):
            await self.page.close(run_before_unload=True)


async def open_chromium_tab(
    browser: Browser, *, scripts: tuple[str, ...] = (), width: int = WIDTH, locale: str = LOCALE
) -> ChromiumTab:
    """Open a tab in a new context. *scripts* run in each document before the page's own."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT}, locale=locale, permissions=DEVICES
    )
    tab = await open_another_tab(context, scripts=scripts)
    tab.locale = locale
    return tab


async def open_another_tab(context: BrowserContext, *, scripts: tuple[str, ...] = ()) -> ChromiumTab:
    """Open another tab in *context* with its storage: a second window of the same person."""
    context.set_default_timeout(WAIT_SECONDS_MAX * 1000)
    page = await context.new_page()
    for script in (PROBE, *scripts):
        await page.add_init_script(script)
    return ChromiumTab(page)


FIND: Final = """(role, name) => {
    const kinds = { button: "button", textbox: "input, textarea", combobox: "select" };
    const textOf = (label, control) =>
        [...label.childNodes].filter((node) => node !== control).map(({ textContent }) => textContent).join("").trim();
    return [...document.querySelectorAll(kinds[role])].find((control) => control.checkVisibility() && !control.disabled
        && (control.ariaLabel ?? textOf(control.labels?.[0] ?? control, control)) === name) ?? null;
}"""
"""Finds a control by the name in its markup, because Firefox's own search by accessible names takes most of a minute
in a page that plays video. The tests in Chromium check the accessible names."""
FOCUS: Final = f"""(field) => {{
    const box = ({FIND})("textbox", field);
    box?.focus();
    return box !== null && document.activeElement === box;
}}"""
CHOOSE: Final = f"""(field, text) => {{
    const list = ({FIND})("combobox", field);
    const option = [...(list?.options ?? [])].find(({{ label }}) => label === text);
    if (!option) return false;
    list.value = option.value;
    list.dispatchEvent(new Event("change", {{ bubbles: true }}));
    return true;
}}"""
"""Finds a control and uses it at once: what is found may be drawn anew before the next command."""
ELEMENT_GONE: Final = (
    "no such element",
    "no such node",
    "stale element reference",
    "move target out of bounds",
)
"""What Firefox says when an element was drawn anew, or moved out of the window, since it was found."""


class FirefoxTab:
    """A tab of Firefox, over WebDriver BiDi."""

    def __init__(self, bidi: Bidi, context: str) -> None:
        self.console: list[str] = []
        self._bidi = bidi
        self._context = context
        bidi.listen("log.entryAdded", self._receive_log)

    async def open(self, url: str) -> None:
        """Go to *url*."""
        await self._bidi.send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    async def reload(self) -> None:
        """Load the page again."""
        await self._bidi.send("browsingContext.reload", context=self._context, wait="complete")

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401
        """Evaluate *expression*. The value is sent as JSON text, so that we need not read BiDi's own value types."""
        result = await self._bidi.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if result["type"] == "exception":
            raise BidiError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    async def press(self, name: str) -> None:
        """Click the button called *name* with the mouse."""
        await self._click(f"() => ({FIND})('button', {json.dumps(name)})")

    async def press_part(self, part: str) -> None:
        """Click the button of this *part* with the mouse."""
        await self._click(f"() => document.querySelector('[data-part={part}]:enabled')")

    async def write(self, field: str, text: str) -> None:
        """Type *text* key by key into the text box called *field*, then Enter."""
        await wait_until(self, f"({FOCUS})({json.dumps(field)})")
        enter = "\ue007"  # WebDriver's code for the key
        keys = ({"type": kind, "value": key} for key in (*text, enter) for kind in ("keyDown", "keyUp"))
        await self._perform("key", *keys)

    async def choose(self, field: str, option: str) -> None:
        """Choose *option* in the list called *field*, after the option appears.

        A script chooses it, because BiDi cannot reach the system's open list.
        """
        await wait_until(self, f"({CHOOSE})({json.dumps(field)}, {json.dumps(option)})")

    async def frame(self) -> FirefoxTab:
        """Return the last frame of the page, which can be used like a tab."""
        tree = await self._bidi.send("browsingContext.getTree", root=self._context)
        return FirefoxTab(self._bidi, tree["contexts"][0]["children"][-1]["context"])

    async def close(self) -> None:
        """Close the tab."""
        await self._bidi.send("browsingContext.close", context=self._context)

    async def _click(self, find: str) -> None:
        """Click the element that the function *find* returns in the page, once it returns one.

        A page may draw an element anew between the look and the click. Then we look again, as a person does.
        """
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS_MAX
        while True:
            try:
                if node := await self._find(find):
                    return await self._click_node(node)
                error = BidiError(f"Never there: {find}")
            except BidiError as refused:
                if not any(sign in str(refused) for sign in (*DOCUMENT_GONE, *ELEMENT_GONE)):
                    raise
                error = refused
            if asyncio.get_running_loop().time() > deadline:
                raise error
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _click_node(self, node: Json) -> None:
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        await self._perform(
            "pointer",
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )

    async def _find(self, find: str) -> Json | None:
        """Call the function *find* in the page; None if it returns no element. Raises BidiError if it throws."""
        answer = await self._bidi.send(
            "script.callFunction",
            functionDeclaration=find,
            target={"context": self._context},
            awaitPromise=False,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        node: Json = answer["result"]
        return node if "sharedId" in node else None

    async def _perform(self, kind: str, *actions: Json) -> None:
        source = {"type": kind, "id": kind, "actions": list(actions)}
        await self._bidi.send("input.performActions", context=self._context, actions=[source])

    def _receive_log(self, entry: Json) -> None:
        if entry["source"].get("context") == self._context:
            self.console.append(str(entry.get("text")))


async def open_firefox_tab(bidi: Bidi, *, scripts: tuple[str, ...] = ()) -> FirefoxTab:
    """Open a tab with storage of its own and the probe in it. *scripts* run in each document before the page's own."""
    user = (await bidi.send("browser.createUserContext"))["userContext"]
    context = (await bidi.send("browsingContext.create", type="tab", userContext=user))["context"]
    await bidi.send(
        "script.addPreloadScript",
        functionDeclaration=f"() => {{ {';'.join((PROBE, *TEST_SCRIPTS, *scripts))} }}",
        contexts=[context],
    )
    await bidi.send("session.subscribe", events=["log.entryAdded"], contexts=[context])
    return FirefoxTab(bidi, context)
