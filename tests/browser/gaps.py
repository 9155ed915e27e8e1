"""How long a page saw no new picture of its peer, and how long the page itself had no turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.browser.people import Person

_WATCH: Final = """() => {
  const gaps = { picture: 0, page: 0 };
  globalThis.__gaps = gaps;
  const video = [...document.querySelectorAll('video')].find(({ srcObject }) => srcObject?.getTracks()
    .some((track) => __probe.connections.some((one) => one.getReceivers().some((got) => got.track === track))));
  let picture = performance.now();
  let page = picture;
  setInterval(() => {
    const now = performance.now();
    gaps.page = Math.max(gaps.page, now - page);
    page = now;
  }, 20);
  const see = () => {
    const now = performance.now();
    gaps.picture = Math.max(gaps.picture, now - picture);
    picture = now;
    video.requestVideoFrameCallback(see);
  };
  video.requestVideoFrameCallback(see);
}"""
"""Keep the longest times between two pictures of the peer, and between two turns of the page itself."""


async def watch_gaps(person: Person) -> None:
    """Begin to watch, or begin anew."""
    await person.tab.evaluate(f"({_WATCH})()")


async def read_gaps(person: Person) -> dict[str, float]:
    """Return the longest times since the watch began, ms: `picture` and `page`."""
    gaps: dict[str, float] = await person.tab.evaluate("__gaps")
    return gaps
