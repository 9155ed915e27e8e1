"""What a page has received over time, as flow.js noted it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SCRIPT: Final = (Path(__file__).parent / "flow.js").read_text("utf-8")
STALL_MS: Final = 500
"""Nothing for longer than this is a stall. At ten frames a second and a look every 100 ms, less is chance."""

STEADY_MS: Final = 1_000

Of = Literal["frames", "packets"]
KINDS: Final[tuple[Of, ...]] = ("frames", "packets")


@dataclass(frozen=True, slots=True)
class Look:
    """One look. The sums count from the page's beginning: *frames* decoded, *packets* of sound, *bytes* of both.

    *energy* is totalAudioEnergy, *concealed* of *samples* were made up by the receiver and are no silence (W3C
    webrtc-stats: concealedSamples − silentConcealedSamples), *width* is that of the picture in px. *at* is Unix time in
    ms.
    """

    at: int
    frames: int
    packets: int
    energy: float
    concealed: int
    samples: int
    bytes: int
    width: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound between two looks."""

    energy: float
    concealed_part: float
    """The part of the samples that the receiver made up, 0 to 1."""


def read_looks(values: Iterable[dict[str, Any]]) -> list[Look]:
    """Return the looks in the order of their times."""
    return sorted((Look(**value) for value in values), key=lambda look: look.at)


def find_stalls(looks: Sequence[Look], of: Of, stall_ms: int = STALL_MS) -> list[tuple[int, int]]:
    """Return (start, end) of each time longer than *stall_ms* in which nothing of this kind came, Unix ms.

    A stall that has not ended ends with the last look.
    """
    if not looks:
        return []
    counts = [(look.at, getattr(look, of)) for look in looks]
    moved = [counts[0][0], *(at for (_, before), (at, now) in pairwise(counts) if now > before)]
    return [(start, end) for start, end in pairwise([*moved, counts[-1][0]]) if end - start > stall_ms]


def recover_ms(looks: Sequence[Look], since_ms: int) -> int | None:
    """Return how long after *since_ms* picture and sound began to come for STEADY_MS without a stall; None if not yet.

    0 if neither stalled then. A later stall is another matter: on a busy machine there may be one at any time.
    """
    after = [look for look in looks if look.at >= since_ms]
    back_ms = since_ms
    for start, end in sorted(stall for of in KINDS for stall in find_stalls(after, of)):
        if start < back_ms + STEADY_MS:
            back_ms = max(back_ms, end)
    is_back = bool(after) and after[-1].at >= back_ms + STEADY_MS
    return back_ms - since_ms if is_back else None


def longest_stall_ms(looks: Sequence[Look], since_ms: int) -> int:
    """Return how long picture or sound was missing at most, after *since_ms*; 0 if there was no stall."""
    after = [look for look in looks if look.at >= since_ms]
    return max((end - start for of in KINDS for start, end in find_stalls(after, of)), default=0)


def longest_freeze_ms(looks: Sequence[Look]) -> int:
    """Return for how long at most no picture came while the page looked; 0 for less than a stall.

    A page that is late with its looks was short of the processor, which is no fault of the line.
    """
    longest_ms = freeze_ms = 0
    for before, now in pairwise(looks):
        if now.frames > before.frames:
            freeze_ms = 0
        elif now.at - before.at <= STALL_MS:
            freeze_ms += now.at - before.at
            longest_ms = max(longest_ms, freeze_ms)
    return longest_ms if longest_ms > STALL_MS else 0


def heard_between(first: Look, last: Look) -> Heard:
    """Return what was heard from one look to another."""
    samples = last.samples - first.samples
    return Heard(
        last.energy - first.energy, (last.concealed - first.concealed) / samples if samples > 0 else 1.0
    )
