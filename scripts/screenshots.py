"""Takes a picture of each screen in each size, and writes a page that shows them all: `make screenshots`.

The pictures go to var/screenshots, which git ignores. The few that the documents show go to docs/images, too. The
screens are those of tests/browser/screens.py, so that the pictures show what the tests check. A story is told once:
each of its screens is shown in all languages, because to reach it takes longer than to take its picture. To take only
some pictures: `make screenshots ARGS="--languages ja --stories lobby"`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import html
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.browser.chromium import launch_chromium
from tests.browser.conftest import People
from tests.browser.lesson import Lesson
from tests.browser.screens import STORIES, WRITTEN_BY_THE_SERVER, Guide, SpokenTab
from tests.browser.server import Service
from tests.browser.tab import wait_until
from tests.browser.tabs import Tabs
from tests.browser.test_accessibility import speak

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from playwright.async_api import Browser

    from langdao_video.session.roles import Role
    from tests.browser.tab import ChromiumTab

    Scheme = Literal["light", "dark"]

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "var" / "screenshots"
DOCS: Final = ROOT / "docs" / "images"
SIZES: Final = ((1440, 900), (820, 1180), (390, 844), (844, 390))
LANGUAGES: Final = ("en", "ar", "de", "ja")
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
NAMES: Final[dict[Role, str]] = {"student": "ana.eth", "tutor": "Marta Ruiz"}
DOCS_WIDTH_MAX: Final = 1080
IN_DOCS: Final = {
    ("en", "light", "lobby", (1440, 900)): "lobby.png",
    ("en", "light", "live", (1440, 900)): "lesson.png",
    ("en", "dark", "live", (390, 844)): "lesson-phone.png",
    ("en", "light", "ended", (1440, 900)): "ended.png",
}
STILL: Final = """new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
    document.getAnimations().every(({ effect }) => effect.getTiming().iterations === Infinity))"""
# Draws a person in place of the browser's test picture. All else about the camera stays as it is.
PORTRAIT: Final = """(() => {
    const COLOURS = {
        student: ["#f2e3d0", "#7a4a2b", "#d9a684", "#2f6f73"],
        tutor: ["#d7e3ee", "#2b2b33", "#c98f6b", "#b0503c"],
    };
    const [wall, hair, skin, shirt] = COLOURS[new URLSearchParams(location.search).get("role")] ?? COLOURS.student;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [960, 540];
    const pen = canvas.getContext("2d");
    const shape = (colour, ...ellipse) => {
        pen.fillStyle = colour;
        pen.beginPath();
        pen.ellipse(...ellipse, 0, 0, 7);
        pen.fill();
    };
    let nod = 0;
    const draw = () => {
        nod = (nod + 1) % 20;
        const y = nod < 10 ? 0 : 3;
        pen.fillStyle = wall;
        pen.fillRect(0, 0, 960, 540);
        pen.fillStyle = "rgba(255,255,255,.45)";
        pen.fillRect(90, 40, 190, 240);
        pen.fillStyle = "rgba(0,0,0,.06)";
        pen.fillRect(700, 300, 260, 240);
        shape(hair, 480, 235 + y, 118, 142);
        shape(shirt, 480, 575, 235, 195);
        shape(skin, 480, 400 + y, 48, 60);
        shape(skin, 480, 262 + y, 92, 116);
        shape(hair, 480, 170 + y, 100, 58);
        shape("#33251f", 444, 258 + y, 9, 9);
        shape("#33251f", 516, 258 + y, 9, 9);
        pen.strokeStyle = "#8d4a3a";
        pen.lineWidth = 7;
        pen.beginPath();
        pen.arc(480, 292 + y, 34, 0.35, 2.8);
        pen.stroke();
    };
    const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (!open) return;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        const [camera] = stream.getVideoTracks();
        if (!camera) return stream;
        draw();
        setInterval(draw, 100);
        const [drawn] = canvas.captureStream(10).getVideoTracks();
        const [settings, label] = [camera.getSettings(), camera.label];
        Object.defineProperty(drawn, "label", { value: label });
        drawn.getSettings = () => settings;
        camera.stop();
        return new MediaStream([...stream.getAudioTracks(), drawn]);
    };
})()"""


@dataclass(frozen=True, slots=True)
class NamedLesson(Lesson):
    """A lesson whose participants have names."""

    def link(self, role: Role, **more: str) -> str:
        """Make the link of *role*, with the participant's name."""
        return Lesson.link(self, role, **{"name": NAMES[role], **more})


class Photographer(Guide):
    """Opens the screens with a person in each camera picture."""

    async def open_tab(self, *scripts: str) -> SpokenTab:
        """Open a tab whose camera shows a person."""
        return await super().open_tab(PORTRAIT, *scripts)


async def photograph(
    languages: Sequence[str], schemes: Sequence[Scheme], stories: Sequence[str]
) -> list[Path]:
    """Take a picture of each screen of *stories* in each language, colours and size. Return their paths."""
    taken: list[Path] = []
    with tempfile.TemporaryDirectory() as folder:
        async with launch_chromium(whole=True) as browser, Service(Path(folder)) as service:
            for story in stories:
                taken += await _photograph_story(browser, service, story, languages, schemes)
    return taken


async def _photograph_story(
    browser: Browser, service: Service, story: str, languages: Sequence[str], schemes: Sequence[Scheme]
) -> list[Path]:
    taken = []
    async with AsyncExitStack() as stack:
        people = People(browser, Tabs(browser, service.url, scripts=()), stack)
        async for screen, tab in STORIES[story](Photographer(people, NamedLesson(service.url))):
            for language in languages:
                await speak(tab, screen, language)
                taken += await _photograph_screen(tab, screen, language, schemes)
            if screen not in WRITTEN_BY_THE_SERVER:
                await speak(tab, screen, "en")  # the story goes on in English
            print(f"{story}: {screen}", flush=True)
    return taken


async def _photograph_screen(
    tab: ChromiumTab, screen: str, language: str, schemes: Sequence[Scheme]
) -> list[Path]:
    taken = []
    for scheme in schemes:
        await tab.page.emulate_media(color_scheme=scheme)
        for width, height in SIZES:
            await tab.page.set_viewport_size({"width": width, "height": height})
            await wait_until(tab, STILL)
            path = FOLDER / f"{language}-{scheme}" / f"{screen}-{width}x{height}.png"
            picture = await tab.page.screenshot(path=path)
            taken.append(path)
            if name := IN_DOCS.get((language, scheme, screen, (width, height))):
                await _put_into_docs(tab, picture, name, width / height)
    await tab.page.emulate_media(color_scheme="light")
    await tab.page.set_viewport_size({"width": 1440, "height": 900})
    return taken


async def _put_into_docs(tab: ChromiumTab, picture: bytes, name: str, aspect: float) -> None:
    """Write *picture* to docs/images, at most DOCS_WIDTH_MAX pixels wide."""
    page = await tab.page.context.new_page()
    width = DOCS_WIDTH_MAX if aspect > 1 else 390
    await page.set_viewport_size({"width": width, "height": round(width / aspect)})
    source = base64.b64encode(picture).decode()
    await page.set_content(
        f'<body style="margin:0"><img style="display:block;width:100%" src="data:image/png;base64,{source}">'
    )
    await page.screenshot(path=DOCS / name)
    await page.close()


def write_page() -> Path:
    """Write a page that shows all pictures, one line for each screen."""
    lines = []
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        lines.append(f"<h1>{html.escape(folder.name)}</h1>")
        names = sorted(path.stem for path in folder.glob("*-1440x900.png"))
        for screen in (name.removesuffix("-1440x900") for name in names):
            shown = "".join(
                f'<img src="{folder.name}/{screen}-{width}x{height}.png" height="300" loading="lazy" alt="">'
                for width, height in SIZES
            )
            lines.append(f'<h2>{html.escape(screen)}</h2><p id="{folder.name}-{screen}">{shown}</p>')
    page = FOLDER / "index.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><title>Every screen</title>" + "\n".join(lines), "utf-8"
    )
    return page


def main() -> None:
    """Take the pictures that the command line names, or all pictures."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--languages", nargs="+", default=LANGUAGES)
    parser.add_argument("--schemes", nargs="+", default=SCHEMES, choices=SCHEMES)
    parser.add_argument("--stories", nargs="+", default=list(STORIES), choices=list(STORIES))
    chosen = parser.parse_args()
    taken = asyncio.run(photograph(chosen.languages, chosen.schemes, chosen.stories))
    print(f"{len(taken)} pictures; {write_page()} shows them all.")


if __name__ == "__main__":
    main()
