"""Budgets: a socket over its own budget is closed; one whose address is over waits; a session never waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.server import budget
from langdao_video.server.budget import AddressAccount, AddressBook, Bucket, Ruling, SocketAccount, Throughput


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(Throughput(per_second=10, burst=3), 0)

    assert [bucket.take(1, 0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(1, 99) is False
    assert bucket.take(1, 200) is True
    assert bucket.take(4, 60_000) is False, "more than the burst is never there"


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(Throughput(per_second=10, burst=1), 5_000)
    bucket.take(1, 5_000)

    assert bucket.take(1, 4_000) is False


def test_a_stranger_has_room_for_one_join_and_for_no_flood() -> None:
    socket = SocketAccount(AddressAccount(512, 0), 0)

    assert socket.spend(1, 64 * 1024, 0) is Ruling.PASS
    assert socket.spend(1, 64 * 1024, 0) is Ruling.CLOSE
    assert socket.spend(64, 384, 0) is Ruling.CLOSE


def test_an_admitted_socket_has_twice_the_messages_that_the_room_takes_of_it() -> None:
    socket = SocketAccount(AddressAccount(512, 0), 0)
    socket.admit(0)

    rulings = [socket.spend(2, 200, second * 20) for second in range(50 * 60)]

    assert set(rulings) == {Ruling.PASS}


def test_a_second_admission_gives_no_second_burst() -> None:
    socket = SocketAccount(AddressAccount(512, 0), 0)
    socket.admit(0)
    while socket.spend(64, 384, 0) is Ruling.PASS:
        pass

    socket.admit(0)

    assert socket.spend(64, 384, 0) is Ruling.CLOSE


@given(st.lists(st.tuples(st.integers(-50, 9_000), st.integers(0, 64), st.integers(0, 90_000)), max_size=80))
def test_a_socket_s_numbers_are_three_buckets(pieces: list[tuple[int, int, int]]) -> None:
    now_ms = 1_000_000
    socket = SocketAccount(AddressAccount(512, now_ms), now_ms)
    frames, size_bytes = Bucket(budget.STRANGER.frames, now_ms), Bucket(budget.STRANGER.size_bytes, now_ms)
    fair: Bucket | None = None

    for number, (passed_ms, count, size) in enumerate(pieces):
        now_ms += passed_ms
        if number == 5:
            socket.admit(now_ms)
            frames = Bucket(budget.ADMITTED.frames, now_ms)
            size_bytes = Bucket(budget.ADMITTED.size_bytes, now_ms)
            fair = Bucket(budget.FAIR, now_ms)
        fits = frames.has(count, now_ms) & size_bytes.has(size, now_ms)
        if fits:
            frames.pay(count)
            size_bytes.pay(size)
        is_fair = fair is not None and fair.has(count, now_ms)
        if fits and is_fair and fair is not None:
            fair.pay(count)

        # The address has room for all of them, so that only the socket's own buckets decide.
        assert socket.spend(count, size, now_ms) is (Ruling.PASS if fits else Ruling.CLOSE)
        assert (socket._frames, socket._size_bytes) == (frames._level, size_bytes._level)
        assert socket._fair == (-1 if fair is None else fair._level)


def test_strangers_of_one_address_wait_when_they_are_too_many() -> None:
    address = AddressAccount(512, 0)
    rulings = [SocketAccount(address, 0).spend(40, 240, 0) for _ in range(60)]

    assert rulings == [Ruling.PASS] * 50 + [Ruling.WAIT] * 10
    assert SocketAccount(address, 1_000).spend(40, 240, 1_000) is Ruling.PASS


def test_a_lesson_behind_an_address_that_floods_is_not_held_up() -> None:
    address = AddressAccount(512, 0)
    lesson, *others = (SocketAccount(address, 0) for _ in range(20))
    for socket in (lesson, *others):
        socket.admit(0)

    waited = 0
    for turn in range(600):
        now_ms = turn * 100
        for socket in others:
            waited += socket.spend(20, 120, now_ms) is not Ruling.PASS
        assert lesson.spend(1, 500, now_ms) is Ruling.PASS

    assert waited > 0


def test_the_book_forgets_the_address_that_was_heard_of_longest_ago() -> None:
    book = AddressBook(512, addresses_max=2)
    first = book.open("192.0.2.1", 0)
    book.open("192.0.2.2", 0)

    assert book.open("192.0.2.1", 0) is first
    book.open("192.0.2.3", 0)

    assert len(book) == 2
    assert book.open("192.0.2.1", 0) is first


def test_sockets_of_one_address_are_opened_at_a_bounded_rate() -> None:
    address = AddressBook(60).open("192.0.2.1", 0)

    assert sum(address.openings.take(1, 0) for _ in range(100)) == 60
    assert sum(address.openings.take(1, 1_000) for _ in range(100)) == budget.SOCKETS_PER_SECOND
