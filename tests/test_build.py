"""The built pages use nothing that a browser of R18 (Chrome 70, Firefox 65, Safari 14, Edge 80) cannot read."""

from __future__ import annotations

import re
from typing import Final

import pytest

from langdao_video.web.context import STATIC
from tests.browser.lacking import LACKING

pytestmark = pytest.mark.requirement("R18")

# A browser that cannot read what draws a PDF says so, and the page says what to do (pdf-file.ts).
SCRIPTS: Final = {
    path.name: path.read_text("utf-8")
    for path in sorted(STATIC.glob("**/*.js"))
    if "docs" not in path.parts and not path.name.startswith("pdf-worker-")
}
STYLES: Final = {
    path.name: path.read_text("utf-8") for path in sorted(STATIC.glob("**/*.css")) if "docs" not in path.parts
}
UNREADABLE: Final = {
    "import()": r"\bimport\(",  # Firefox 67
    "?. and ??": r"[\w)\]]\?\.[a-zA-Z_(\[]|[\w)\]]\?\?[\w(\[]",  # Chrome 80, Firefox 72
    "private fields": r"this\.#\w",  # Chrome 74, Firefox 90
    "lookbehind": r"\(\?<[=!]",  # Firefox 78, Safari 16.4
    "named groups": r"\(\?<[a-zA-Z]",  # Firefox 78
    "unicode properties": r"\\p\{[A-Z]",  # Firefox 78
    "big integers": r"\b\d+n\b",  # Firefox 68
}
WITHOUT_FALLBACK: Final = {
    "flex gap": r"display:(?:inline-)?flex[^}]*[;{](?:row-|column-)?gap:"  # Chrome 84, Safari 14.1
    r"|[;{](?:row-|column-)?gap:[^}]*display:(?:inline-)?flex",
    "inset": r"[;{]inset(?:-[a-z-]+)?:",  # Chrome 87, Safari 14.1
    "logical shorthands": r"[;{](?:margin|padding)-(?:inline|block):",  # Chrome 87, Safari 14.1
    "logical corners": r"border-(?:start|end)-(?:start|end)-radius",  # Chrome 89, Safari 15
    "comparisons": r":[^;}]*\b(?:min|max|clamp)\(",  # Chrome 79, Firefox 75
    "ratios": r"[;{]aspect-ratio:",  # Chrome 88, Safari 15
    "ratios as one number": r"aspect-ratio:\s*[\d.]+\)",  # the build writes 1 / 1 like this; Safari 16.4
    "selectors": r":(?:is|where|has)\(",  # Chrome 88, Firefox 78
    "ranges": r"@media[^{]*[<>]",  # Chrome 104, Safari 16.4
    "layers": r"@(?:layer|container|property)\b",
    "colours": r"color-mix\(|\boklch\(|light-dark\(",
    "viewport": r"(?<!height:100vh;)(?:min-|max-)?height:\d+[dsl]vh",  # Safari 15.4
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_old_browser_can_read_the_scripts(script: str) -> None:
    code = re.sub(r"`(?:[^`\\]|\\.)*`", "``", SCRIPTS[script])  # texts are no code

    assert [what for what, pattern in UNREADABLE.items() if re.search(pattern, code)] == []


def test_what_is_loaded_later_hands_out_what_it_has() -> None:
    wanted = {name for code in SCRIPTS.values() for name in re.findall(r"__load\(`\./([\w-]+\.js)`", code)}

    assert len(wanted) > 10
    assert [name for name in sorted(wanted) if "__given=" not in SCRIPTS[name]] == []


def test_the_script_for_browsers_without_modules_needs_none_of_their_words() -> None:
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', SCRIPTS["old-browser.js"])

    assert re.findall(r"=>|`|\b(?:const|let|class|async|await|for\s*\([^;)]* of)\b", code) == []


@pytest.mark.parametrize("style", STYLES)
def test_an_old_browser_can_lay_out_the_styles(style: str) -> None:
    code = re.sub(r"@supports[^{]*\{(?:[^{}]*\{[^}]*\})*[^}]*\}", "", STYLES[style])

    assert [what for what, pattern in WITHOUT_FALLBACK.items() if re.search(pattern, code)] == []


NEWER: Final = (
    "at|findLast|findLastIndex|toSorted|toReversed|fromEntries|hasOwn|allSettled|any|withResolvers|matchAll|replaceAll"
    "|structuredClone|queueMicrotask|timeout|randomUUID|checkVisibility|replaceChildren|scrollIntoView|showModal"
    "|popover|showPopover|hidePopover|togglePopover|inert|requestSubmit|requestPictureInPicture|requestFullscreen"
    "|pictureInPictureEnabled|clipboard|wakeLock|permissions|ResizeObserver|BroadcastChannel|requestIdleCallback"
    "|Notification|WeakRef|AudioContext|setSinkId|requestVideoFrameCallback|getDisplayMedia"
    "|getCapabilities|connectionState|getSynchronizationSources|setStreams|setConfiguration|DisplayNames"
    "|DurationFormat|ListFormat|PluralRules|RelativeTimeFormat|Segmenter|supportedValuesOf|OffscreenCanvas"
    "|MediaStreamTrackProcessor|RTCRtpScriptTransform|setMetadata|documentPictureInPicture|CompressionStream"
    "|createImageBitmap|canShare|setCodecPreferences|getSupportedConstraints|getHTML|setHTML|moveBefore|groupBy"
)  # fmt: skip


def test_each_newer_api_in_the_build_is_tested_without() -> None:
    taken = {name.rpartition(".")[2] for names in LACKING.values() for name in names}
    code = "\n".join(re.sub(r"`(?:[^`\\]|\\.)*`", "``", text) for text in SCRIPTS.values())

    used = set(re.findall(rf"(?:\.|\b(?:new|typeof) )({NEWER})\b", code))

    assert used - taken == set()
