"""Which room a socket's address names, and from which page it may come."""

from __future__ import annotations

import pytest

from langdao_video.errors import NotAllowed
from langdao_video.settings import Settings
from langdao_video.web.opening import check_origin, read_opening

SETTINGS = Settings(webrtc_url="https://lessons.example", frame_ancestors=("https://platform.example",))


@pytest.mark.parametrize(
    ("query", "room"),
    [
        (b"room=r", "r"),
        (b"role=student&room=caf%C3%A9", "caf\u00e9"),
        (b"room=a+b", "a b"),
        (b"", ""),
        (b"room=", ""),
        (b"room=a&room=b", ""),
        (b"room=%ff", ""),
        (b"room=a%00b", ""),
        (b"room=" + b"x" * 257, ""),
        (b"rum=a", ""),
    ],
)
def test_a_socket_names_one_room_or_none(query: bytes, room: str) -> None:
    opening = read_opening({"query_string": query, "client": ("192.0.2.1", 5)})

    assert (opening.room, opening.host) == (room, "192.0.2.1")


def test_a_caller_without_an_address_has_none() -> None:
    assert read_opening({"query_string": b"room=r", "client": None}).host is None


@pytest.mark.parametrize(
    "origin", [None, "https://lessons.example", "https://platform.example", "https://call.example"]
)
def test_our_pages_and_those_that_may_embed_us_open_a_socket(origin: str | None) -> None:
    check_origin({"headers": headers(origin)}, SETTINGS)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://lessons.example:8080"])
def test_a_page_of_somebody_else_does_not(origin: str) -> None:
    with pytest.raises(NotAllowed, match="FRAME_ANCESTORS"):
        check_origin({"headers": headers(origin)}, SETTINGS)


def headers(origin: str | None) -> list[tuple[bytes, bytes]]:
    named = [] if origin is None else [(b"origin", origin.encode())]
    return [(b"host", b"call.example"), *named]
