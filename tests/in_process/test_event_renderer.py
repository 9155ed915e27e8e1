"""What an endpoint gets of a session: its facts in order, its heartbeats while they are news, always the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from langdao_video.billing.records import read_record
from langdao_video.delivery.port import Message
from langdao_video.in_process import event_renderer
from langdao_video.in_process.event_renderer import EventRenderer, encode_event, render_beat
from langdao_video.session.facts import Recorded, body_of
from langdao_video.store.delivery_port import Beat, Endpoint, SessionLog, Stream
from langdao_video.store.port import StoredEvent
from langdao_video.views.session import view_record
from tests.in_process.told import START_MS, Told

ALL = Endpoint(id="all", url="https://platform.example/events")


def stored(record: Recorded) -> StoredEvent:
    return StoredEvent(
        "s-1", record.seq, record.id, record.fact.type, record.at_ms, body_of(record.fact, record.mark)
    )


def stream(position: int = 0, beats_until_ms: int = 0) -> Stream:
    return Stream(
        endpoint_id="all",
        session_id="s-1",
        token="t",  # noqa: S106 - a claim, no password
        position=position,
        newest_seq=9,
        beats_until_ms=beats_until_ms,
        attempts=0,
        failing_since_ms=None,
    )


def a_lesson(*actions: str) -> tuple[Told, SessionLog]:
    told = Told("s-1")
    records = [told.created, *told.came(), *(record for each in actions for record in told.acted(each))]
    return told, SessionLog([stored(record) for record in records], ())


def a_beat(told: Told, second: int, event_id: str = "beat-1") -> Beat:
    body = json.loads(render_beat(told.beat(second), told.lesson, event_id))
    return Beat("student", START_MS + second * 1_000, body["seq"], body)


def types_of(messages: list[Message]) -> list[str]:
    return [message.type for message in messages]


def test_facts_are_shown_as_everywhere_and_in_order() -> None:
    told, log = a_lesson("muted", "unmuted")

    messages = list(EventRenderer()(stream(), log, ALL))

    assert [message.seq for message in messages] == [2, 3, 4]
    assert types_of(messages) == ["user-connected", "user-action", "user-action"]
    assert json.loads(messages[0].body)["sessionId"] == told.lesson.id
    assert messages[2].body == encode_event(json.loads(messages[2].body))


def test_what_the_platforms_own_requests_made_is_not_repeated() -> None:
    _, log = a_lesson()

    assert "session-created" not in types_of(list(EventRenderer()(stream(), log, ALL)))


def test_a_later_try_makes_the_same_bytes_whatever_has_come_since() -> None:
    _, short = a_lesson("muted")
    _, long = a_lesson("muted", "unmuted", "muted")

    first = {message.event_id: message.body for message in EventRenderer()(stream(), short, ALL)}
    second = {message.event_id: message.body for message in EventRenderer()(stream(2), long, ALL)}

    assert first["s-1-3"] == second["s-1-3"]
    assert "s-1-2" not in second


def test_an_endpoint_gets_only_the_types_it_names() -> None:
    told, log = a_lesson("muted")
    log = replace(log, beats=[a_beat(told, 10)])
    some = replace(ALL, types=("user-action",))

    assert types_of(list(EventRenderer()(stream(), log, some))) == ["user-action"]
    beats = replace(ALL, types=("session-heartbeat",))
    assert types_of(list(EventRenderer()(stream(), log, beats))) == ["session-heartbeat"]


@pytest.mark.requirement("R22", "R25")
class TestHeartbeats:
    def test_they_come_last_with_the_seq_of_the_fact_before_and_an_id_of_their_own(self) -> None:
        told, log = a_lesson()
        log = replace(log, beats=[a_beat(told, 20, "beat-2"), a_beat(told, 10, "beat-1")])

        messages = list(EventRenderer()(stream(), log, ALL))

        assert types_of(messages) == ["user-connected", "session-heartbeat", "session-heartbeat"]
        assert [(each.event_id, each.seq, each.is_beat) for each in messages[1:]] == [
            ("beat-1", 2, True),
            ("beat-2", 2, True),
        ]
        assert [json.loads(each.body)["elapsedSeconds"] for each in messages[1:]] == [10, 20]

    def test_a_newer_fact_has_overtaken_them_and_carries_the_totals(self) -> None:
        told, log = a_lesson()
        beat = a_beat(told, 10)
        log = SessionLog([*log.events, *map(stored, told.acted())], [beat])

        assert types_of(list(EventRenderer()(stream(), log, ALL))) == ["user-connected", "user-action"]

    def test_what_was_told_is_not_told_again(self) -> None:
        told, log = a_lesson()
        log = replace(log, beats=[a_beat(told, 10)])

        assert not list(EventRenderer()(stream(2, START_MS + 10_001), log, ALL))

    def test_of_one_millisecond_both_seats_are_told(self) -> None:
        told, log = a_lesson()
        log = replace(log, beats=[a_beat(told, 10)])

        assert types_of(list(EventRenderer()(stream(2, START_MS + 10_000), log, ALL))) == [
            "session-heartbeat"
        ]


def test_nothing_is_made_before_it_is_asked_for() -> None:
    _, log = a_lesson("muted")
    broken = SessionLog([*log.events, replace(log.events[-1], seq=4, type="no-such-fact")], ())

    messages = EventRenderer()(stream(), broken, ALL)

    assert next(iter(messages)).seq == 2


def test_text_is_written_as_it_is_and_what_is_no_text_stops_nothing() -> None:
    assert encode_event({"name": "Zoë 🎓", "a": 1}) == '{"name":"Zoë 🎓","a":1}'.encode()
    assert encode_event({"name": "\ud800"}) == b'{"name":"?"}'


def test_the_bytes_are_those_of_the_shared_view() -> None:
    told = Told("s-1")
    [record] = told.came()
    log = SessionLog([stored(told.created), stored(record)], ())

    [message] = EventRenderer()(stream(), log, ALL)

    assert message.body == encode_event(view_record(record, told.lesson))


class TestKeptLessons:
    @pytest.fixture
    def folded(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Return the seqs of the facts as they are folded."""
        seqs: list[int] = []

        def note(event: StoredEvent) -> Recorded:
            seqs.append(event.seq)
            return read_record(event)

        monkeypatch.setattr(event_renderer, "read_record", note)
        return seqs

    def test_a_delivery_folds_only_what_is_new(self, folded: list[int]) -> None:
        told, log = a_lesson(*["muted"] * 20)
        render = EventRenderer()
        list(render(stream(), log, ALL))
        longer = SessionLog([*log.events, *map(stored, told.acted())], ())
        folded.clear()

        [message] = render(stream(log.events[-1].seq), longer, ALL)

        assert folded == [message.seq] == [longer.events[-1].seq]

    @pytest.mark.parametrize("position", range(6))
    def test_wherever_a_delivery_goes_on_the_bytes_are_the_same(self, position: int) -> None:
        _, log = a_lesson("muted", "unmuted", "muted")
        render = EventRenderer()

        for asked in range(6):  # as many messages as were asked for before
            messages = iter(render(stream(), log, ALL))
            for _ in range(asked):
                next(messages, None)
            del messages

            assert list(render(stream(position), log, ALL)) == list(
                EventRenderer()(stream(position), log, ALL)
            )

    def test_two_runs_at_once_do_not_share_a_lesson(self) -> None:
        _, log = a_lesson("muted", "unmuted")
        render = EventRenderer()
        list(render(stream(2), log, ALL))
        first, second = render(stream(4), log, ALL), render(stream(2), log, ALL)

        assert [*first] == []
        assert [each.seq for each in second] == [3, 4]

    def test_a_restored_database_has_other_facts(self) -> None:
        _, log = a_lesson("muted")
        render = EventRenderer()
        list(render(stream(), log, ALL))
        _, other = a_lesson("unmuted")
        other = SessionLog([replace(each, id=f"other-{each.id}") for each in other.events], ())

        assert list(render(stream(3), other, ALL)) == []
        assert list(render(stream(2), other, ALL)) == list(EventRenderer()(stream(2), other, ALL))

    def test_only_so_many_are_kept(self) -> None:
        _, log = a_lesson()
        render = EventRenderer(lessons_max=3)
        for number in range(9):
            list(render(replace(stream(), session_id=f"s-{number}"), log, ALL))

        assert [session for _, session in render._kept] == ["s-6", "s-7", "s-8"]
