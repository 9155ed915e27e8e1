"""A person in a lesson: what they do and see, without the markup of the page.

Only this file knows the markup of the call page, and only chat.py that of its chat.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from tests.browser.tab import Tab, wait_until

if TYPE_CHECKING:
    from langdao_video.session.roles import Role
    from tests.browser.lesson import Lesson

Device = Literal["microphone", "camera"]

BUTTONS: Final = {
    "microphone": "Microphone",
    "camera": "Camera",
    "panel": "Chat and details",
    "end": "End call",
    "end-now": "End lesson",
    "allow": "Allow camera and microphone",
    "retry": "Try again",
    "takeover": "Use it here",
    "more": "More",
    "settings": "Sound and picture",
    "close-settings": "Close",
    "share": "Share the screen",
    "stop-sharing": "Stop sharing",
}
PREVIEW: Final = "document.querySelector('[data-part=preview]')"
JOIN: Final = "document.querySelector('[data-part=join]')"
CHAT_BOX: Final = "Message"
TIMER: Final = "[role=timer]"
SENT: Final = """(kind) => {
    const line = __probe.connections.at(-1)?.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
    return line && { label: line.sender.track?.label ?? null };
}"""
"""The label of the track that is sent; null if there is no track, undefined if there is no transceiver for it."""

RECEIVED: Final = """__probe.received().then((now) =>
    ({ ...now, picture: __probe.picture(), made: __probe.connections.length }))"""


@dataclass(frozen=True, slots=True)
class Received:
    """The media received so far: the decoded frames, the energy of the sound, and the current picture.

    *connections* counts those that the page has made since it was loaded.
    """

    frames: int
    audio_energy: float
    picture: list[int]
    connections: int


class Person:
    """A person with a browser tab and the link of one role."""

    def __init__(self, tab: Tab, lesson: Lesson, role: Role) -> None:
        self.tab = tab
        self.lesson = lesson
        self.role = role
        self.lines_before = 0
        """How many lines the chat had before the test began, because others had the call before it."""

    async def enter(self, **more: str) -> None:
        """Open the link."""
        await self.tab.open(self.lesson.link(self.role, **more))

    async def enter_lobby(self, **more: str) -> None:
        """Open the link with the lobby, and wait until Join can be pressed."""
        await self.enter(**{"lobby": "on", **more})
        await self.wait_for_lobby()

    async def wait_for_lobby(self) -> None:
        """Wait until the opened page is a lobby in which Join can be pressed."""
        await self.wait_for_state("lobby")
        await wait_until(self.tab, f"{JOIN}?.disabled === false")

    async def allow_devices(self) -> None:
        """Press the button of the lobby after which the browser may ask for camera and microphone."""
        await self.tab.press(BUTTONS["allow"])

    async def allow_devices_if_asked(self) -> None:
        """Press that button, unless this browser has permission already."""
        shown = await wait_until(
            self.tab, f"['ask', 'picture'].find((shown) => {PREVIEW}?.dataset.shown === shown)"
        )
        if shown == "ask":
            await self.allow_devices()

    async def join_from_lobby(self) -> None:
        """Press the button that joins. Its text may vary."""
        await self.tab.press_part("join")

    async def wait_for_lobby_to_show(self, shown: str) -> None:
        """Wait until the place of the own picture shows *shown*: picture (a moving one), off, ask, problem."""
        condition = f"{PREVIEW}?.dataset.shown === '{shown}'"
        if shown == "picture":
            condition += f" && {PREVIEW}.querySelector('video').currentTime > 0"
        await wait_until(self.tab, condition)

    async def wait_for_presence(self, presence: str) -> None:
        """Wait until the lobby shows the other's presence: here, looks, away."""
        await wait_until(
            self.tab, f"document.querySelector('[data-part=who]')?.dataset.presence === '{presence}'"
        )

    async def wait_for_state(self, state: str) -> None:
        """Wait until the call is in *state*: waiting, connecting, live, reconnecting, ended, error."""
        await wait_until(self.tab, f"document.documentElement.dataset.callState === '{state}'")

    async def wait_for_text(self, text: str) -> None:
        """Wait until the page shows *text*."""
        await wait_until(self.tab, f"document.body.innerText.includes({json.dumps(text)})")

    async def wait_for_advice(self) -> None:
        """Wait for a problem's screen with a headline, advice, and a button."""
        await wait_until(
            self.tab,
            """(() => {
                const places = ".interlude main, [data-part=device-problem], [data-part=page-problem]";
                const place = document.documentElement.dataset.callState === "error"
                    && document.querySelector(places);
                return place && place.querySelector("h1, h2")?.innerText && place.querySelector("button, a")
                    && place.querySelector("p, li")?.innerText;
            })()""",
        )

    async def headline(self) -> str:
        """Return the screen's headline."""
        text: str = await wait_until(self.tab, "document.querySelector('h1, h2')?.innerText")
        return text

    async def shown_seconds(self) -> int:
        """Return the time that the session's timer shows, in seconds."""
        text: str = await wait_until(
            self.tab, f"document.querySelector('{TIMER}')?.innerText.match(/[0-9:]+/)?.[0]"
        )
        seconds = 0
        for part in text.split(":"):
            seconds = seconds * 60 + int(part)
        return seconds

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────

    async def switch(self, device: Device) -> None:
        """Press the button of the microphone or the camera."""
        await self.tab.press(BUTTONS[device])

    async def switch_panel(self) -> None:
        """Open the panel, or close it."""
        await self.tab.press(BUTTONS["panel"])

    async def end_call(self) -> None:
        """Press the red button, and confirm if the page asks."""
        await self.tab.press(BUTTONS["end"])

    async def wait_for_question(self) -> None:
        """Wait until the page asks whether to wait for the other or to end."""
        await wait_until(self.tab, "document.querySelector('[data-part=grace-dialog]')?.open")

    async def end_lesson_when_asked(self) -> None:
        """Answer the question about the missing participant with End."""
        await self.wait_for_question()
        await self.tab.press(BUTTONS["end-now"])

    async def try_again(self) -> None:
        """Press the retry button of a problem's screen."""
        await self.tab.press(BUTTONS["retry"])

    async def use_here(self) -> None:
        """Press the button that moves the call into this tab."""
        await self.tab.press(BUTTONS["takeover"])

    async def choose_in_menu(self, name: str) -> None:
        """Open the menu and press the entry called *name*, in a group that is folded or not."""
        await self.open_menu()
        await self.tab.evaluate(
            "document.querySelectorAll('[data-part=more-menu] details').forEach((group) => { group.open = true; })"
        )
        await self.tab.press(name)

    async def open_menu(self) -> set[str]:
        """Open the menu and return its entries."""
        await self.tab.press(BUTTONS["more"])
        names: list[str] = await wait_until(
            self.tab,
            """(() => {
                const buttons = document.querySelectorAll("[data-part=more-menu] button");
                return buttons.length > 0 && [...buttons].map((button) =>
                    button.getAttribute("aria-label") ?? button.querySelector("span").textContent);
            })()""",
        )
        return set(names)

    async def choose(self, device: Device | Literal["speaker"], name: str) -> None:
        """Choose another device in the settings, and close them."""
        await self.tab.press(BUTTONS["more"])
        await self.tab.press(BUTTONS["settings"])
        field = {"microphone": "Microphone", "camera": "Camera", "speaker": "Speaker"}[device]
        await wait_until(
            self.tab,
            f"[...document.querySelectorAll('option')].some(({{ label }}) => label === {json.dumps(name)})",
        )
        await self.tab.choose(field, name)
        await self.tab.press(BUTTONS["close-settings"])

    async def switch_music_mode(self) -> None:
        """Tick or untick music mode in the settings, and close them."""
        await self.tab.press(BUTTONS["more"])
        await self.tab.press(BUTTONS["settings"])
        await wait_until(self.tab, "document.querySelector('[data-part=music]')")
        await self.tab.evaluate("document.querySelector('[data-part=music]').click()")
        await self.tab.press(BUTTONS["close-settings"])

    async def share_screen(self) -> None:
        """Share the screen. The browser is configured to choose one itself."""
        await self.tab.press(BUTTONS["share"])

    async def stop_sharing(self) -> None:
        """Press the button that ends the sharing."""
        await self.tab.press(BUTTONS["stop-sharing"])

    async def stop_sharing_by_the_browser(self) -> None:
        """End the sharing as the browser's own bar does, which a test cannot press: the tracks end."""
        await self.tab.evaluate(
            """(() => {
                const senders = __probe.connections.at(-1).getSenders().slice(2);
                const { track } = senders.find(({ track }) => track?.kind === "video");
                track.stop();
                track.dispatchEvent(new Event("ended"));
            })()"""
        )

    async def write_chat(self, text: str) -> None:
        """Send a line of chat."""
        await self.tab.write(CHAT_BOX, text)

    # ── Seeing and hearing ───────────────────────────────────────────────────────────────────────

    async def wait_for_picture(self) -> Received:
        """Wait until the other's picture is on the screen and sound has arrived."""
        return await self._wait_to_receive("now.picture && now.framesDecoded && now.audioEnergy")

    async def wait_for_more(self, before: Received) -> Received:
        """Wait until ten more frames and more sound than *before* have arrived, and the picture has changed."""
        return await self._wait_to_receive(
            f"""now.framesDecoded >= {before.frames + 10} && now.audioEnergy > {before.audio_energy}
                && JSON.stringify(now.picture) !== {_as_json(before.picture)!r}"""
        )

    async def wait_for_new_picture(self, before: Received) -> Received:
        """Wait until frames of a new connection arrive, as after the other's reload, and show another picture."""
        await wait_until(
            self.tab,
            f"""__probe.connections.length > {before.connections}
                && __probe.connections.at(-1).connectionState === "connected"
                && JSON.stringify(__probe.picture()) !== {_as_json(before.picture)!r}
                && __probe.connections.at(-1).getStats().then((reports) => [...reports.values()].some(
                    ({{ type, kind, framesDecoded }}) =>
                        type === "inbound-rtp" && kind === "video" && framesDecoded > 0))""",
        )
        return await self.wait_for_more(await self._wait_to_receive("now.picture"))

    async def _wait_to_receive(self, condition: str) -> Received:
        """Wait until *condition* is true of what is received *now*."""
        now = await wait_until(self.tab, f"{RECEIVED}.then((now) => {condition} && now)")
        return Received(now["framesDecoded"], now["audioEnergy"], now["picture"], now["made"])

    async def wait_for_screen(self) -> None:
        """Wait until the other's screen is shown and moves."""
        await wait_until(
            self.tab,
            """(() => {
                const video = document.querySelector("[data-part=screen-video]");
                const before = video?.currentTime;
                return video?.videoWidth > 0 && video.checkVisibility() && new Promise((resolve) => {
                    video.requestVideoFrameCallback?.(() => resolve(true));
                    setTimeout(() => resolve(video.currentTime > before), 500);
                });
            })()""",
        )

    async def wait_for_no_screen(self) -> None:
        """Wait until no screen is shown."""
        await wait_until(self.tab, "!document.querySelector('[data-part=screen-video]')")

    async def sends(self, device: Device) -> str | None:
        """Return the name of the microphone or camera that is sent to the other side; None if there is none."""
        kind = {"microphone": "audio", "camera": "video"}[device]
        name: str | None = await self.tab.evaluate(f"({SENT})('{kind}').label")
        return name

    async def wait_until_sends(self, device: Device, name: str | None) -> None:
        """Wait until this microphone or camera, or none, is sent to the other side."""
        kind = {"microphone": "audio", "camera": "video"}[device]
        await wait_until(self.tab, f"({SENT})('{kind}')?.label === {json.dumps(name)}")

    async def wait_until_sends_another(self, device: Device, name: str) -> None:
        """Wait until a different microphone or camera is sent to the other side."""
        kind = {"microphone": "audio", "camera": "video"}[device]
        await wait_until(
            self.tab, f"({SENT})('{kind}')?.label && ({SENT})('{kind}').label !== {json.dumps(name)}"
        )

    # ── The frames of the socket ─────────────────────────────────────────────────────────────────

    async def wait_for_frame(self, kind: str, count: int = 1) -> None:
        """Wait until the page has received *count* frames of type *kind* since it was loaded."""
        await wait_until(
            self.tab,
            f"""__probe.frames.filter(({{ direction, type }}) => direction === "got" && type === "{kind}")
                .length >= {count}""",
        )

    async def wait_for_lost_socket(self) -> None:
        """Wait until no socket of the page is open."""
        await wait_until(self.tab, "__probe.sockets.every(({ readyState }) => readyState !== WebSocket.OPEN)")

    async def frames(self, kind: str) -> list[dict[str, Any]]:
        """Return the frames of type *kind* that the page has received since it was loaded."""
        frames: list[dict[str, Any]] = await self.tab.evaluate(
            f"""__probe.frames.filter(({{ direction, type }}) => direction === 'got' && type === '{kind}')
                .map(({{ text }}) => JSON.parse(text))"""
        )
        return frames


def _as_json(picture: list[int]) -> str:
    return json.dumps(picture, separators=(",", ":"))


async def wait_for_more_of_both(one: Person, other: Person) -> None:
    """Wait until each has got ten more frames and more sound: at the same time, because that takes two seconds."""

    async def wait_for_more(person: Person) -> None:
        await person.wait_for_more(await person.wait_for_picture())

    await asyncio.gather(wait_for_more(one), wait_for_more(other))
