"""The frames that wait for a slow browser are bounded by number and by size, and leave in order."""

from __future__ import annotations

from langdao_video.signaling.unsent import FRAMES_WAITING_MAX, SIZE_WAITING_BYTES_MAX, UnsentFrames


def test_frames_leave_in_the_order_in_which_they_came() -> None:
    unsent = UnsentFrames()
    unsent.put(b"first")
    unsent.put(b"second")

    assert [unsent.take(), unsent.take()] == [b"first", b"second"]
    assert (len(unsent), unsent.size_bytes) == (0, 0)


def test_one_frame_too_many_is_refused_until_one_has_left() -> None:
    unsent = UnsentFrames()
    assert all(unsent.put(b"{}") for _ in range(FRAMES_WAITING_MAX))

    assert not unsent.put(b"{}")
    unsent.take()

    assert unsent.put(b"{}")
    assert len(unsent) == FRAMES_WAITING_MAX


def test_one_byte_too_many_is_refused() -> None:
    unsent = UnsentFrames()
    assert unsent.put(b"x" * (SIZE_WAITING_BYTES_MAX - 1))

    assert not unsent.put(b"xx")

    assert unsent.put(b"x")
    assert unsent.size_bytes == SIZE_WAITING_BYTES_MAX
