"""The scanner finds frames, no matter where the network cuts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.server.frames import FrameScanner
from tests.server.raw import frame

LENGTHS = st.one_of(st.integers(0, 200), st.integers(65_530, 65_540))


@given(
    frames=st.lists(st.tuples(st.sampled_from([0, 1, 2, 8, 9, 10]), LENGTHS), max_size=20),
    cuts=st.lists(st.integers(1, 70_000), min_size=1, max_size=20),
    frames_max=st.integers(1, 8),
)
def test_every_frame_is_counted_once_however_the_network_cuts_it(
    frames: list[tuple[int, int]], cuts: list[int], frames_max: int
) -> None:
    sent = b"".join(frame(opcode, bytes(length)) for opcode, length in frames)
    scanner = FrameScanner()
    counted, at, turn = 0, 0, 0

    while at < len(sent):
        read = sent[at : at + cuts[turn % len(cuts)]]
        turn += 1
        while read:
            size_bytes, begun = scanner.measure(read, frames_max, 65_536)
            assert 0 < size_bytes <= 65_536
            assert begun <= frames_max
            counted += begun
            at += size_bytes
            read = read[size_bytes:]

    assert counted == len(frames)


def test_a_piece_ends_before_the_frame_that_is_one_too_many() -> None:
    data = frame(10) * 5

    assert FrameScanner().measure(data, 2, 1_000) == (12, 2)


def test_a_frame_that_says_it_is_endless_is_one_frame_of_any_length() -> None:
    scanner = FrameScanner()
    head = b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask"

    assert scanner.measure(head, 64, 1_000) == (len(head), 1)
    assert scanner.measure(b"x" * 900, 64, 1_000) == (900, 0)


def test_a_frame_without_mask_is_followed_too() -> None:
    assert FrameScanner().measure(b"\x81\x02hi\x89\x00", 64, 1_000) == (6, 2)
