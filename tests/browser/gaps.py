"""How long a page saw no new picture of its peer, and how long the machine let none pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.browser.chromium import TEST_FRAMES_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.browser.people import Person

_FRAME_MS: Final = 1000 / TEST_FRAMES_PER_SECOND
_WATCH: Final = """async () => {
  const gaps = { picture: 0, control: 0, page: 0 };
  globalThis.__gaps = gaps;
  const watch = (video, name) => {
    let last = performance.now();
    const see = () => {
      const now = performance.now();
      gaps[name] = Math.max(gaps[name], now - last);
      last = now;
      video.requestVideoFrameCallback(see);
    };
    video.requestVideoFrameCallback(see);
  };
  let page = performance.now();
  setInterval(() => {
    const now = performance.now();
    gaps.page = Math.max(gaps.page, now - page);
    page = now;
  }, 20);
  const isTheirs = (track) => __probe.connections.some((one) => one.getReceivers().some((got) => got.track === track));
  const videos = [...document.querySelectorAll('video')];
  watch(videos.find(({ srcObject }) => srcObject?.getTracks().some(isTheirs)), 'picture');

  // In a frame of its own, because the probe counts the connections of this page.
  const frame = document.body.appendChild(document.createElement('iframe'));
  frame.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 80px; height: 60px; border: 0';
  const { RTCPeerConnection: Connection, document: inner } = frame.contentWindow;
  const [sends, shows] = [new Connection(), new Connection()];
  sends.onicecandidate = ({ candidate }) => candidate && shows.addIceCandidate(candidate);
  shows.onicecandidate = ({ candidate }) => candidate && sends.addIceCandidate(candidate);
  const video = inner.body.appendChild(inner.createElement('video'));
  Object.assign(video, { muted: true, autoplay: true, width: 64, height: 48 });
  const shown = new Promise((resolve) => {
    shows.ontrack = ({ track }) => {
      video.srcObject = new MediaStream([track]);
      video.requestVideoFrameCallback(resolve);
    };
  });
  const camera = __probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === 'video').track.clone();
  await camera.applyConstraints({ width: 160, height: 120 });
  sends.addTrack(camera);
  await sends.setLocalDescription();
  await shows.setRemoteDescription(sends.localDescription);
  await shows.setLocalDescription();
  await sends.setRemoteDescription(shows.localDescription);
  await shown;
  watch(video, 'control');
}"""
"""Keep the longest times between two pictures of the peer, between two of a connection beside it that knows no service,
and between two turns of the page itself."""


async def watch_gaps(person: Person) -> None:
    """Begin to watch, or begin anew."""
    await person.tab.evaluate(f"({_WATCH})()")


async def read_gaps(person: Person) -> dict[str, float]:
    """Return the longest times since the watch began, ms: `picture`, `control` and `page`."""
    gaps: dict[str, float] = await person.tab.evaluate("__gaps")
    return gaps


def machines_ms(gaps: Iterable[dict[str, float]]) -> float:
    """Return the longest time for which the machine itself stopped pictures, ms.

    Each way passes both pages: a page that had no turn sent nothing, or drew nothing. So what the controls took besides
    the time between two frames of the camera adds up, too.
    """
    pages = list(gaps)
    late_ms = sum(max(0, each["control"] - _FRAME_MS) for each in pages)
    return max(_FRAME_MS + late_ms, *(2 * each["page"] for each in pages))
