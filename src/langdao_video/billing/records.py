"""Reads stored events back into facts. Pure."""

from __future__ import annotations

from langdao_video.session.facts import Recorded, read_body
from langdao_video.store.port import StoredEvent


def read_record(stored: StoredEvent) -> Recorded:
    """Read a stored event back into its fact."""
    fact, mark = read_body(stored.type, dict(stored.body))
    return Recorded(seq=stored.seq, id=stored.id, at_ms=stored.at_ms, mark=mark, fact=fact)
