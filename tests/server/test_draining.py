"""SIGTERM waits for the pages, for a while; a second signal, SIGINT and an empty process do not wait."""

from __future__ import annotations

import signal

from langdao_video.server.draining import Draining


class App:
    """An application with or without pages."""

    def __init__(self, *, is_deserted: bool = False) -> None:
        self.is_deserted = is_deserted
        self.drains: list[float] = []

    def begin_drain(self, seconds: float) -> None:
        """Note it."""
        self.drains.append(seconds)


def test_without_a_signal_nothing_is_over() -> None:
    app = App(is_deserted=True)

    assert not Draining(app, 20).is_over(0)
    assert app.drains == []


def test_sigterm_waits_for_the_pages_but_no_longer_than_it_may() -> None:
    app = App()
    draining = Draining(app, 20)

    assert draining.ask(signal.SIGTERM)

    assert [draining.is_over(now_s) for now_s in (100, 119.9, 120)] == [False, False, True]
    assert app.drains == [20]


def test_it_is_over_when_the_last_page_has_left() -> None:
    app = App()
    draining = Draining(app, 20)
    draining.ask(signal.SIGTERM)
    before = draining.is_over(100)

    app.is_deserted = True

    assert (before, draining.is_over(100.1)) == (False, True)


def test_an_empty_process_ends_at_once() -> None:
    draining = Draining(App(is_deserted=True), 20)
    draining.ask(signal.SIGTERM)

    assert draining.is_over(100)


def test_a_second_signal_an_interrupt_and_no_time_end_it_at_once() -> None:
    app = App()
    draining = Draining(app, 20)

    assert not draining.ask(signal.SIGINT)
    assert draining.ask(signal.SIGTERM)
    assert not draining.ask(signal.SIGTERM)
    assert not draining.ask(signal.SIGINT)
    assert not Draining(app, 0).ask(signal.SIGTERM)
