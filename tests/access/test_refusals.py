"""What we remember about refusals: one log line a minute with a count, and delays that grow and are forgotten."""

from __future__ import annotations

from langdao_video.access.refusals import DELAY_MAX_MS, OTHERS, RefusalCount, RefusalLog, Strikes


def test_the_first_refusal_is_logged_at_once_and_the_rest_of_its_minute_together() -> None:
    log = RefusalLog()

    first = log.note("192.0.2.1", "token-invalid", 0)
    within = [line for ms in range(1, 600) for line in log.note("192.0.2.1", "token-invalid", ms * 100)]
    rest = log.take_due(60_000)

    assert first == [RefusalCount("192.0.2.1", 1, {"token-invalid": 1})]
    assert within == []
    assert rest == [RefusalCount("192.0.2.1", 599, {"token-invalid": 599})]


def test_every_refusal_is_in_some_line_and_an_address_has_one_a_minute() -> None:
    log = RefusalLog()
    lines = [
        line
        for second in range(600)
        for line in log.note(f"192.0.2.{second % 3}", "bad-link", second * 1_000)
    ]
    lines += log.take_all()

    assert sum(line.count for line in lines) == 600
    assert len(lines) <= 3 * 12


def test_an_address_without_news_is_forgotten() -> None:
    log = RefusalLog()
    log.note("192.0.2.1", "bad-link", 0)

    assert log.take_due(60_000) == []
    assert log.is_empty


def test_addresses_beyond_the_bound_share_a_line() -> None:
    log = RefusalLog(networks_max=2)
    lines = [line for number in range(100) for line in log.note(f"192.0.2.{number}", "bad-link", 0)]
    lines += log.take_all()

    assert {line.network for line in lines} == {"192.0.2.0", "192.0.2.1", OTHERS}
    assert sum(line.count for line in lines) == 100


def test_the_delay_doubles_after_five_and_has_an_end() -> None:
    strikes = Strikes()

    delays = [strikes.add("192.0.2.1", 0) for _ in range(30)]

    assert delays[:11] == [0, 0, 0, 0, 0, 100, 200, 400, 800, 1_600, DELAY_MAX_MS]
    assert set(delays[10:]) == {DELAY_MAX_MS}
    assert strikes.add("192.0.2.2", 0) == 0


def test_refusals_are_forgotten_one_by_one() -> None:
    strikes = Strikes()
    for _ in range(1_000):
        strikes.add("192.0.2.1", 0)

    assert strikes.add("192.0.2.1", 60_000) == DELAY_MAX_MS
    assert strikes.add("192.0.2.1", 300_000) == 0


def test_the_table_of_addresses_is_bounded() -> None:
    strikes = Strikes(networks_max=100)
    for number in range(10_000):
        strikes.add(f"192.0.{number // 256}.{number % 256}", 0)

    assert len(strikes) == 100
