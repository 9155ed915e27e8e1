"""The pseudo language: English in brackets, with accents on all letters and 40 % longer.

In this language, words that are not from the catalogue and places that are too narrow for German stand out.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from langdao_video.web.context import STATIC

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Route

CODE: Final = "fi"
"""The language that it replaces: left to right, Latin letters, two plural forms."""

CATALOGUES: Final = Path(__file__).parents[2] / "client" / "src" / "i18n"
_ENGLISH: Final[dict[str, Any]] = json.loads((CATALOGUES / "en.json").read_text("utf-8"))
_ACCENTED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ",
)
_GROWTH: Final = 0.4


def pseudo(text: str) -> str:
    """Translate *text* into this language. `{placeholders}` stay."""
    parts = re.split(r"(\{\w+\})", text)
    return (
        "[" + "".join(part if part.startswith("{") else re.sub(r"\w+", _grow, part) for part in parts) + "]"
    )


def _grow(word: re.Match[str]) -> str:
    letters = word.group().translate(_ACCENTED)
    return letters + "é" * math.ceil(len(letters) * _GROWTH)


CATALOGUE: Final = {
    key: pseudo(phrase) if isinstance(phrase, str) else {form: pseudo(text) for form, text in phrase.items()}
    for key, phrase in _ENGLISH.items()
}


async def speak_pseudo(context: BrowserContext) -> None:
    """Give the pages of *context* this language when they load CODE."""
    words = json.dumps(CATALOGUE)

    async def answer(route: Route) -> None:
        # The built module with other words in it, so that the page loads it like any other language.
        built = (STATIC / "assets" / route.request.url.rpartition("/")[2]).read_text("utf-8")
        script, changed = re.subn(
            r"=\{.*\};(?=export\b)", lambda _: f"={words};", built, count=1, flags=re.DOTALL
        )
        assert changed == 1, f"no catalogue in {route.request.url}"
        await route.fulfill(body=script, content_type="text/javascript")

    await context.route(re.compile(rf"/static/assets/{CODE}-[\w-]+\.js$"), answer)


# ── What is looked for, in the page ──────────────────────────────────────────────────────────────

FIND_FOREIGN_WORDS: Final = """(() => {
    // Data, and what browsers write by themselves: not words of ours.
    const DATA = "script, style, noscript, code, kbd, bdi, time, [lang]:not(html), [translate=no],"
        + "[data-part=chat-line]";
    const own = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
    const allowed = new Set(["LangDAO", "LANGDAO", "API", "USD", "EUR", "UDP", "TCP", "TLS"]);
    for (const code of ["es","fr","de","it","pt","ru","ja","ko","zh","ar","nl","sv","no","fi","pl","en"]) {
        allowed.add(own.of(code).toLowerCase());
        allowed.add(new Intl.DisplayNames([code], { type: "language" }).of(code).toLowerCase());
    }
    const [TIMES, SIZES] = [["second", "minute", "hour"], ["byte", "kilobyte", "megabyte"]];
    const month = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" });
    for (let at = 0; at < 12; at++) {
        for (const { value } of month.formatToParts(new Date(2026, at, 1))) allowed.add(value.toLowerCase());
    }
    for (const [unit, unitDisplay] of [...TIMES, ...SIZES].flatMap((unit) =>
        ["long", "short", "narrow"].map((display) => [unit, display]))) {
        const time = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay });
        for (const count of [0.5, 1, 2, 5]) {
            for (const { type, value } of time.formatToParts(count)) {
                if (type === "unit") for (const word of value.split(/[^\\p{L}]+/u)) allowed.add(word.toLowerCase());
            }
        }
    }
    // What the two wrote to each other is read out, too, wherever the chat itself is just now.
    for (const { type, text } of __probe.frames) {
        if (type !== "chat") continue;
        for (const word of JSON.parse(text).line?.text.match(/\\p{Script=Latin}+/gu) ?? []) allowed.add(word);
    }
    const isForeign = (text) => (text.replace(/0x[0-9a-f…]+|https?:\\S+|\\b(session|lesson)-[\\w-]+/gi, "")
        .match(/\\p{Script=Latin}+/gu) ?? [])
        .some((word) => /[a-z]/i.test(word) && !allowed.has(word) && !allowed.has(word.toLowerCase()));
    const found = [];
    if (isForeign(document.title)) found.push(`title: ${document.title}`);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.closest(DATA) && isForeign(node.data)) found.push(`text: ${node.data.trim()}`);
    }
    const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext"];
    for (const element of document.body.querySelectorAll("*")) {
        for (const name of ATTRIBUTES) {
            const text = element.getAttribute(name);
            if (text && !element.closest(DATA) && isForeign(text)) found.push(`${name}: ${text}`);
        }
    }
    return found;
})()"""

FIND_CLIPPED_TEXT: Final = """(() => {
    const DATA = "script, style, noscript, code, bdi, [lang]:not(html), [translate=no], option, .visually-hidden";
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    texts: for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!node.data.trim() || parent.closest(DATA) || !parent.getClientRects().length) continue;
        if (getComputedStyle(parent).visibility === "hidden") continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        let cutBy = null;
        // What is one pixel large is there for those who hear the page.
        for (let box = parent; box; box = box.parentElement) if (box.clientWidth === 1) continue texts;
        for (let box = parent; box && !cutBy; box = box.parentElement) {
            const style = getComputedStyle(box);
            const inner = box.getBoundingClientRect();
            const cuts = (overflow) => overflow === "hidden" || overflow === "clip";
            const isControl = box.matches("button, a.button, label, .badge");
            if (isControl || cuts(style.overflowX)) {
                if (text.left < inner.left - 1 || text.right > inner.right + 1) cutBy = box;
            }
            if (isControl || cuts(style.overflowY)) {
                // The space above and below the letters of a line may be cut.
                if (text.top < inner.top - 4 || text.bottom > inner.bottom + 4) cutBy = box;
            }
            if (/auto|scroll/.test(style.overflowX + style.overflowY) || style.position === "fixed") break;
        }
        const name = ({ tagName, className }) => `${tagName}.${className}`;
        if (cutBy) found.push(`${name(parent)} "${node.data}" by ${name(cutBy)}`);
    }
    const wide = document.scrollingElement.scrollWidth - innerWidth;
    return wide > 0 ? [...found, `the page is ${wide} px too wide`] : found;
})()"""
