"""Frames are read whole, however the network cuts them; each break of RFC 6455 ends the reading with its code."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.speedups import apply_mask

from langdao_video.server import frame_reader
from langdao_video.server.frame_reader import (
    BINARY,
    CLOSE,
    FRAGMENTS_MAX,
    PIECE_BYTES_MAX,
    PIECE_FRAMES_MAX,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Message,
    write_close,
    write_head,
)
from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX
from tests.server.raw import frame


def read_all(reader: FrameReader) -> list[Message]:
    """Read piece after piece."""
    found = reader.read_piece()
    while reader.has_more:
        found += reader.read_piece()
    return found


def read(data: bytes) -> tuple[list[Message], tuple[int, str] | None]:
    reader = FrameReader()
    reader.feed(data)
    return read_all(reader), reader.broken


def masked(opcode: int, payload: bytes) -> bytes:
    """Write a frame as another implementation writes it, with a random mask."""
    return Frame(Opcode(opcode), payload).serialize(mask=True)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300).map(str.encode)
FRAMES = st.one_of(
    st.tuples(st.just(TEXT), TEXTS),
    st.tuples(st.just(BINARY), st.binary(max_size=300)),
    st.tuples(st.sampled_from([PING, PONG]), st.binary(max_size=125)),
    st.tuples(st.just(TEXT), st.integers(65_000, FRAME_SIZE_BYTES_MAX).map(lambda size: b"x" * size)),
)


@given(frames=st.lists(FRAMES, max_size=12), cuts=st.lists(st.integers(1, 70_000), min_size=1, max_size=8))
def test_every_message_is_read_once_however_the_network_cuts_it(
    frames: list[Message], cuts: list[int]
) -> None:
    sent = b"".join(masked(opcode, payload) for opcode, payload in frames)
    reader, found, at, turn = FrameReader(), list[Message](), 0, 0

    while at < len(sent):
        cut = cuts[turn % len(cuts)]
        reader.feed(sent[at : at + cut])
        found += read_all(reader)
        at, turn = at + cut, turn + 1

    assert found == frames
    assert reader.broken is None


@given(
    frames=st.lists(FRAMES, max_size=12),
    sizes=st.lists(st.integers(1, 3), min_size=12, max_size=12),
    data=st.data(),
)
def test_the_short_way_reads_what_the_long_one_reads(
    frames: list[Message], sizes: list[int], data: st.DataObject
) -> None:
    reads, rest = list[bytes](), [masked(opcode, payload) for opcode, payload in frames]
    for size in sizes:  # one frame in a read, or some, or a frame in two reads
        joined, rest = b"".join(rest[:size]), rest[size:]
        cut = data.draw(st.integers(0, 1)) and data.draw(st.integers(0, len(joined)))
        reads += [part for part in (joined[:cut], joined[cut:]) if part]
    reader, found = FrameReader(), list[Message]()

    for read_ in reads:
        text = reader.read_alone(read_)
        if text is None:
            reader.feed(read_)
            found += read_all(reader)
        else:
            found.append((TEXT, text))

    assert found == frames
    assert reader.broken is None


def test_a_text_alone_takes_the_short_way() -> None:
    for size in (0, 1, 125, 126, 65_535):
        assert FrameReader().read_alone(masked(TEXT, b"x" * size)) == b"x" * size
    assert FrameReader().read_alone(masked(TEXT, "¿Qué tal?".encode())) == "¿Qué tal?".encode()


@given(payload=TEXTS, sizes=st.lists(st.integers(0, 40), max_size=20), kind=st.sampled_from([TEXT, BINARY]))
def test_a_message_in_fragments_is_one_message_with_control_frames_between(
    payload: bytes, sizes: list[int], kind: int
) -> None:
    sent, at = frame(kind, b"", fin=False), 0
    for size in sizes:
        sent += frame(0, payload[at : at + size], fin=False) + frame(PING, b"?")
        at += size

    found, broken = read(sent + frame(0, payload[at:]))

    assert found == [*[(PING, b"?")] * len(sizes), (kind, payload)]
    assert broken is None


def test_a_piece_has_a_bound_and_the_rest_waits() -> None:
    reader = FrameReader()
    reader.feed(frame(PONG) * (PIECE_FRAMES_MAX + 1))

    first, cost, has_more = reader.read_piece(), reader.cost, reader.has_more

    assert (len(first), cost, has_more) == (PIECE_FRAMES_MAX, (PIECE_FRAMES_MAX, 6 * PIECE_FRAMES_MAX), True)
    assert reader.read_piece() == [(PONG, b"")]
    assert not reader.has_more


def test_a_piece_ends_with_the_frame_that_fills_it() -> None:
    reader = FrameReader()
    large = frame(TEXT, b"x" * (PIECE_BYTES_MAX // 2))
    reader.feed(large * 5)

    assert [len(reader.read_piece()) for _ in range(3)] == [2, 2, 1]


def test_the_rest_of_a_frame_may_come_while_a_piece_waits() -> None:
    reader = FrameReader()
    sent = frame(TEXT, b"one") * 100
    reader.feed(sent[:700])
    found = reader.read_piece()

    reader.feed(sent[700:])

    assert found + read_all(reader) == [(TEXT, b"one")] * 100


BREAKS = {
    "unmasked": (b"\x81\x02hi", 1002),
    "unmasked and long": (b"\x81\x7e", 1002),
    "reserved bits": (b"\xc1\x80mask", 1002),
    "reserved opcode": (b"\x83\x80mask", 1002),
    "long ping": (frame(PING, b"x" * 126), 1002),
    "ping in fragments": (frame(PING, fin=False), 1002),
    "continuation of nothing": (frame(0), 1002),
    "message in a message": (frame(1, b"a", fin=False) + frame(1, b"b"), 1002),
    "close in a message": (frame(1, b"a", fin=False) + frame(8, b"\x03\xe8"), 1002),
    "close of one byte": (frame(8, b"x"), 1002),
    "close with no code": (frame(8, b"\x00\x01"), 1002),
    "close with a code that is never sent": (frame(8, (1006).to_bytes(2)), 1002),
    "close with bad words": (frame(8, b"\x03\xe8\xff\xff"), 1007),
    "text that is no UTF-8": (frame(1, b"\xff\xfe"), 1007),
    "half a character": (frame(1, '{"name":"é'.encode()[:-1]), 1007),
    "surrogates": (frame(1, b'"\xed\xa0\x80"'), 1007),
    "too large": (frame(1, b"x" * (FRAME_SIZE_BYTES_MAX + 1))[:14], 1009),
    "too large together": (frame(1, b"x" * 40_000, fin=False) + frame(0, b"x" * 30_000), 1009),
    "endless": (b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1009),
    "too many fragments": (frame(1, fin=False) + frame(0, fin=False) * FRAGMENTS_MAX, 1009),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_break_of_the_protocol_does_not_take_the_short_way(kind: str) -> None:
    sent, _code = BREAKS[kind]

    assert FrameReader().read_alone(sent) is None


def test_nothing_takes_the_short_way_before_what_waits_or_after_a_break() -> None:
    text = frame(TEXT, b"one")
    waiting, fragments, broken = FrameReader(), FrameReader(), FrameReader()
    waiting.feed(text[:3])
    waiting.read_piece()
    fragments.feed(frame(TEXT, b"a", fin=False))
    fragments.read_piece()
    broken.feed(b"\x83\x80mask")
    broken.read_piece()

    assert [reader.read_alone(text) for reader in (waiting, fragments, broken)] == [None] * 3


@pytest.mark.parametrize("kind", BREAKS)
def test_a_break_of_the_protocol_ends_the_reading_with_its_code(kind: str) -> None:
    sent, code = BREAKS[kind]

    found, broken = read(frame(TEXT, b"before") + sent + frame(TEXT, b"after"))

    assert found[0] == (TEXT, b"before")
    assert (TEXT, b"after") not in found
    assert broken is not None
    assert broken[0] == code


@pytest.mark.parametrize("payload", [b"", (1000).to_bytes(2), (4999).to_bytes(2) + "adiós".encode()])
def test_a_right_close_is_found(payload: bytes) -> None:
    assert read(frame(CLOSE, payload)) == ([(CLOSE, payload)], None)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 70_000])
def test_what_we_write_is_what_another_implementation_writes(size: int) -> None:
    payload = os.urandom(size)

    assert write_head(TEXT, size) + payload == Frame(Opcode.TEXT, payload).serialize(mask=False)


@pytest.mark.parametrize("reason", ["", "flood", "é" * 100])
def test_a_reason_is_cut_between_two_characters(reason: str) -> None:
    written = write_close(4429, reason)

    close = Close.parse(written[2:])
    assert close.code == 4429
    assert reason.startswith(close.reason)
    assert len(written) <= 127


def test_the_mask_is_taken_off_by_compiled_code() -> None:
    assert vars(frame_reader)["apply_mask"] is apply_mask
