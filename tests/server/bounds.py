"""Reads the figures of docs/protocol.md: how much a socket may send."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

from langdao_video.server import budget, frame_reader

EDGE_BOUNDS: Final = {
    "frames of every kind (control frames, continuations, empty ones) before a valid link": [
        *astuple(budget.STRANGER.frames),
        *(size // budget.KIB for size in astuple(budget.STRANGER.size_bytes)),
    ],
    "and after it": [
        *astuple(budget.ADMITTED.frames),
        budget.ADMITTED.size_bytes.per_second // budget.KIB,
        budget.ADMITTED.size_bytes.burst // budget.KIB**2,
    ],
    "frames of all sockets of one address": [
        *astuple(budget.STRANGERS_OF_ADDRESS.frames),
        *astuple(budget.ADDRESS.frames),
    ],
    "frames of one message": [frame_reader.FRAGMENTS_MAX],
}
