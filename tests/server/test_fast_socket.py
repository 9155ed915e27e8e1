"""The fast driver alone, on a network of its own: what it does when the peer, or the room, is slow or silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from langdao_video.server.budget import ADMITTED, STRANGER, AddressAccount, SocketAccount
from langdao_video.server.connection_limiter import ConnectionLimits
from langdao_video.server.edge import LINGER_SECONDS, Edge, EdgeLimits
from langdao_video.server.fast_socket import AHEAD_BYTES, AHEAD_FRAMES, FastSocket
from langdao_video.server.frame_reader import PING, PONG, TEXT, write_close, write_head
from langdao_video.server.proxies import Proxies
from langdao_video.signaling import unsent
from langdao_video.signaling.port import Carrier, Opening
from langdao_video.signaling.unsent import FRAMES_WAITING_MAX
from tests.server.raw import close_code, frame
from tests.stories.live import until


class Network:
    """A connection whose other end does what the test says."""

    def __init__(self) -> None:
        self.heard, self.writes = b"", 0
        self.is_reading = True
        self.is_closed = self.is_aborted = False
        self.protocol: FastSocket | None = None

    def write(self, data: bytes) -> None:
        self.heard += data
        self.writes += 1

    def write_eof(self) -> None:
        """Do nothing: the other end sees only bytes."""

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_aborted = True
        if self.protocol is not None:
            self.protocol.connection_lost(None)


class Room:
    """Takes frames, and is busy after a frame `busy`."""

    def __init__(self) -> None:
        self.is_busy = False
        self.frames: list[bytes | None] = []
        self.lost: list[int | None] = []
        self.answer: Callable[[bytes], object] | None = None

    def check_opening(self, scope: object) -> Opening:
        raise NotImplementedError(scope)  # the test opens the socket itself

    def open_socket(self, opening: Opening, carrier: Carrier) -> Room:
        assert (opening.room, carrier is not None) == ("r", True)
        return self

    def receive(self, frame: bytes | None) -> None:
        self.frames.append(frame)
        self.is_busy = frame == b"busy"
        if self.answer is not None and frame is not None:
            self.answer(frame)

    def lose(self, code: int | None) -> None:
        self.lost.append(code)


class Served:
    """One open socket between a network and a room."""

    def __init__(self) -> None:
        limits = EdgeLimits(ConnectionLimits(10, 10, 1), 1, 1, 1)
        self.edge = Edge(limits, Proxies(()))
        self.network, self.room = Network(), Room()
        account = self.edge.open_socket("192.0.2.1")
        assert account is not None
        slot = self.edge.admit("192.0.2.1", lambda: None)
        self.socket = FastSocket(self.edge, slot, account, cast("Any", self.network))
        self.network.protocol = self.socket
        self.siblings: set[Any] = set()
        self.socket.begin(self.room, Opening("r", "192.0.2.1"), b"", self.siblings)


@pytest.fixture
async def served() -> Served:
    return Served()


async def test_the_frames_of_one_read_are_given_in_order(served: Served) -> None:
    served.socket.data_received(frame(1, b"one") + frame(2, b"\x00") + frame(9, b"?") + frame(1, b"two"))

    assert served.room.frames == [b"one", None, b"two"]
    assert served.network.heard == write_head(PONG, 1) + b"?"


async def test_a_busy_room_gets_the_rest_when_it_is_free_and_nothing_is_read_meanwhile(
    served: Served,
) -> None:
    served.socket.data_received(frame(1, b"busy") + frame(1, b"next"))
    held, is_reading = list(served.room.frames), served.network.is_reading

    served.room.is_busy = False
    served.socket.resume()
    await until(lambda: served.network.is_reading)

    assert (held, is_reading) == ([b"busy"], False)
    assert served.room.frames == [b"busy", b"next"]


async def test_a_slow_reader_gets_everything_in_order_and_then_the_close(served: Served) -> None:
    served.socket.pause_writing()
    for number in range(3):
        assert served.socket.send(b"%d" % number)
    served.socket.close(4410, "session-ended")
    before = served.network.heard

    served.socket.resume_writing()

    expected = b"".join(write_head(TEXT, 1) + b"%d" % number for number in range(3))
    assert before == b""
    served.socket.flush()
    assert served.network.heard == expected + write_close(4410, "session-ended")


async def test_what_is_sent_in_one_turn_leaves_in_one_write(served: Served) -> None:
    served.socket.send(b"one")
    served.socket.send(b"two")
    before = served.network.writes

    await until(lambda: served.network.heard)

    assert served.network.heard == write_head(TEXT, 3) + b"one" + write_head(TEXT, 3) + b"two"
    assert served.network.writes == before + 1


async def test_what_a_text_alone_causes_leaves_at_once_behind_what_waits(served: Served) -> None:
    served.room.answer = served.socket.send
    served.socket.data_received(frame(1, b"alone"))
    at_once = served.network.heard
    served.socket.send(b"waits")

    served.socket.data_received(frame(1, b"second"))
    behind = served.network.heard
    await until(lambda: served.network.heard != behind)

    assert at_once == behind == write_head(TEXT, 5) + b"alone"
    assert served.network.heard == at_once + b"".join(
        write_head(TEXT, len(text)) + text for text in (b"waits", b"second")
    )


async def test_what_waits_for_a_slow_reader_has_a_bound(served: Served) -> None:
    served.socket.pause_writing()

    taken = [served.socket.send(b"{}") for _ in range(FRAMES_WAITING_MAX + 1)]

    assert taken == [True] * FRAMES_WAITING_MAX + [False]


async def test_a_peer_that_takes_no_close_is_aborted(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "CLOSE_SECONDS_MAX", 0.05)
    served.socket.pause_writing()

    served.socket.close(4410, "session-ended")
    await until(lambda: served.network.is_aborted)

    assert served.room.lost == [None]
    assert served.network.heard == b""


async def test_a_goodbye_is_answered_and_told_once(served: Served) -> None:
    served.socket.data_received(frame(8, b"\x03\xe9adios") + frame(1, b"after"))
    served.socket.connection_lost(None)

    assert served.network.heard == b"\x88\x02\x03\xe9"
    assert served.network.is_closed
    assert (served.room.frames, served.room.lost) == ([], [1001])
    assert served.siblings == set()


async def test_after_our_close_only_the_peer_s_close_counts(served: Served) -> None:
    served.socket.close(4409, "moved-elsewhere")
    served.socket.data_received(frame(1, b"late") + frame(8, b"\x11\x39"))
    served.socket.connection_lost(None)

    assert served.network.heard == write_close(4409, "moved-elsewhere")
    assert (served.room.frames, served.room.lost) == ([], [None])


async def test_a_break_of_the_protocol_is_closed_with_its_code_and_soon_aborted(served: Served) -> None:
    served.socket.data_received(frame(1, b"one") + b"\x81\x02hi" + frame(1, b"two"))
    is_at_once = served.network.is_aborted

    await until(lambda: served.network.is_aborted, LINGER_SECONDS + 30)

    assert not is_at_once
    assert close_code(served.network.heard) == 1002
    assert (served.room.frames, served.room.lost) == ([b"one"], [1002])


async def test_a_silent_peer_is_pinged_and_one_that_stays_silent_is_cut_off(served: Served) -> None:
    first = served.socket.look()
    quiet = served.network.heard
    second = served.socket.look()
    pinged = served.network.heard
    third = served.socket.look()

    assert (first, second, third) == (True, True, False)
    assert (quiet, pinged) == (b"", write_head(PING, 0))
    assert close_code(served.network.heard) == 1011
    assert served.room.lost == [1011]


async def test_a_peer_that_answers_its_ping_lives(served: Served) -> None:
    for _ in range(3):
        assert served.socket.look()
        assert served.socket.look()
        served.socket.data_received(frame(PONG))

    assert served.network.heard == write_head(PING, 0) * 3


async def test_a_peer_that_we_do_not_read_is_not_called_silent(served: Served) -> None:
    served.socket.data_received(frame(1, b"busy"))

    assert all(served.socket.look() for _ in range(5))
    assert served.network.heard == b""


async def test_a_connection_that_does_not_end_is_aborted_at_the_next_look(served: Served) -> None:
    served.socket.data_received(frame(8, b"\x03\xe8"))

    assert not served.socket.look()
    assert served.network.is_aborted


async def test_a_stop_of_the_service_closes_with_1012(served: Served) -> None:
    served.socket.shutdown()

    assert close_code(served.network.heard) == 1012
    assert served.room.lost == [None]


async def test_a_flood_is_closed_and_what_is_left_of_it_is_dropped(served: Served) -> None:
    served.socket.data_received(frame(1, b"{}") * 1_000)
    await until(lambda: close_code(served.network.heard) == 4429)

    assert len(served.room.frames) < 100
    assert not served.network.is_reading


async def test_a_text_that_comes_alone_makes_a_busy_room_wait_too(served: Served) -> None:
    served.socket.data_received(frame(1, b"busy"))
    is_reading = served.network.is_reading
    served.socket.data_received(frame(1, b"next"))
    before = list(served.room.frames)

    served.room.is_busy = False
    served.socket.resume()
    await until(lambda: served.network.is_reading)

    assert (is_reading, before) == (False, [b"busy"])
    assert served.room.frames == [b"busy", b"next"]


async def test_a_text_alone_over_the_budget_is_closed_as_any_other(served: Served) -> None:
    for _ in range(STRANGER.frames.burst + 1):
        served.socket.data_received(frame(1, b"{}"))

    assert len(served.room.frames) == STRANGER.frames.burst
    assert close_code(served.network.heard) == 4429
    assert served.room.lost == [4429]


@pytest.mark.parametrize("size", [0, 10, 600, AHEAD_BYTES - 8, AHEAD_BYTES, 30_000])
async def test_texts_alone_pass_as_many_as_the_budget_allows_and_never_more(
    served: Served, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(served.edge, "now_ms", lambda: 1_000_000)
    monkeypatch.setattr(served.socket, "_account", SocketAccount(AddressAccount(512, 1_000_000), 1_000_000))
    served.socket.admit()
    sent = frame(1, b"x" * size)

    while not close_code(served.network.heard):
        served.socket.data_received(sent)

    most = min(ADMITTED.frames.burst, ADMITTED.size_bytes.burst // len(sent))
    assert most - AHEAD_FRAMES <= len(served.room.frames) <= most
    assert close_code(served.network.heard) == 4429


async def test_after_our_close_a_text_alone_reaches_nobody(served: Served) -> None:
    served.socket.close(4410, "session-ended")

    served.socket.data_received(frame(1, b"late"))

    assert served.room.frames == []
