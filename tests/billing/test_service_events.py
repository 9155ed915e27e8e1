"""How the service handles events and due deadlines, also while the store fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from langdao_video.billing.service import SETTLE_MS, SessionService
from langdao_video.errors import LangDAOError, Unavailable, VersionConflict
from langdao_video.session.events import SessionHeartbeat, UserAction
from langdao_video.session.facts import Warned
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import (
    EVENTS_PAGE,
    NO_DEADLINES,
    Deadline,
    NewEvent,
    Ownership,
    Presence,
    StoredEvent,
)
from tests.billing.events import end_at, hello
from tests.billing.timeline import SESSION, START_MS, Timeline, lesson_of_a_minute


class TroubledStore(MemoryStore):
    """Counts reads, and refuses appends with *trouble* as often as the test says."""

    trouble: LangDAOError | None = None
    reads = 0

    async def load_events(
        self, session_id: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        self.reads += 1
        return await super().load_events(session_id, after_seq, limit)

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        if self.trouble is not None:
            raise self.trouble
        return await super().append_events(
            session_id, expected_version, events, deadlines=deadlines, owner=owner
        )


class TestEvents:
    async def test_a_fact_has_the_id_of_its_event_and_comes_once(self) -> None:
        line = await lesson_of_a_minute()
        muted = UserAction(
            session_id=SESSION, user_role="student", action="muted", timestamp=START_MS + 60_000, id="mine-1"
        )

        first = await line.service.take_event(muted)
        again = await line.service.take_event(muted)

        assert (first, again) == (None, "event-known")
        assert [told.id for told in line.told if told.fact.type == "user-action"] == ["mine-1"]

    @pytest.mark.parametrize("is_from_elsewhere", [True, False])
    async def test_of_a_call_service_elsewhere_let_the_bill_settle(self, *, is_from_elsewhere: bool) -> None:
        line = Timeline()
        await line.create()

        await line.service.take_event(hello(), is_from_elsewhere=is_from_elsewhere)
        await line.service.take_event(end_at(0))

        assert (await line.lesson()).is_from_elsewhere is is_from_elsewhere
        assert ((await line.lesson()).final_at_ms is not None) is is_from_elsewhere

    async def test_of_our_own_call_service_are_the_rule(self) -> None:
        line = Timeline()
        await line.create()
        await line.service.take_event(hello())

        assert (await line.lesson()).is_from_elsewhere is False

    async def test_that_are_overtaken_say_so(self) -> None:
        line = await lesson_of_a_minute()
        old = line.heartbeat(line.people["student"]).model_copy(update={"timestamp": START_MS + 1_000})

        assert await line.service.take_event(old) == "event-overtaken"

    async def test_a_proof_is_kept_for_the_next_fold_of_the_lesson(self) -> None:
        line = await lesson_of_a_minute()
        line.clock.at_ms += 1_500
        await line.beat(line.people["tutor"])
        await line.service.save_presence()

        assert (await line.store.load_presence(SESSION))["tutor"] == Presence(
            SESSION, "tutor", 1, START_MS + 61_500
        )
        assert (await line.lesson()).meter.edge_ms("tutor") == START_MS + 61_500

    async def test_a_heartbeat_without_a_fact_is_still_told(self) -> None:
        line = await lesson_of_a_minute()
        heard: list[tuple[str, int, SessionHeartbeat | None]] = []
        line.service.listeners.append(
            lambda lesson, records, heartbeat: heard.append((lesson.id, len(records), heartbeat))
        )
        beat = line.heartbeat(line.people["student"])

        await line.service.take_event(beat)
        await line.leave("tutor")

        assert heard == [(SESSION, 0, beat), (SESSION, 1, None)]

    async def test_an_end_dated_before_settled_time_is_billed_up_to_that_end(self) -> None:
        line = await lesson_of_a_minute()
        await line.run_until(900)
        floor_ms = (await line.lesson()).meter.floor_ms
        assert floor_ms > START_MS + 30_000

        await line.service.take_event(end_at(30))

        assert (await line.lesson()).billable_ms == (await line.replayed()).billable_ms == 30_000

    @pytest.mark.parametrize(("before_floor_ms", "reads"), [(0, 0), (1, 1)])
    async def test_only_an_end_before_settled_time_reads_the_whole_history(
        self, before_floor_ms: int, reads: int
    ) -> None:
        store = TroubledStore()
        line = Timeline(store=store)
        await line.create()
        await line.connect("student")
        await line.connect("tutor")
        lesson = await line.run_until(600)
        at_ms, before = lesson.meter.floor_ms - before_floor_ms, store.reads

        await line.service.take_event(end_at((at_ms - START_MS) / 1_000))

        assert store.reads - before == reads

    async def test_no_other_event_reads_the_history_even_an_old_one(self) -> None:
        store = TroubledStore()
        line = Timeline(store=store)
        await line.create()
        await line.connect("student")
        await line.connect("tutor")
        await line.run_until(600)
        old = line.heartbeat(line.people["student"]).model_copy(update={"timestamp": START_MS + 1_000})
        before = store.reads

        await line.service.take_event(old)

        assert store.reads == before

    async def test_a_race_that_is_never_won_is_an_error_and_no_copy(self) -> None:
        store = TroubledStore()
        line = Timeline(store=store)
        await line.create()
        store.trouble = VersionConflict("version-conflict", "Another writer was first.")

        with pytest.raises(VersionConflict):
            await line.service.take_event(hello())


class TestWritesThatFail:
    """Proofs may still be waiting then, so nobody counts as missing before they are saved."""

    @pytest.mark.parametrize(
        "act",
        [
            lambda service: service.take_event(end_at(60)),
            lambda service: service.act_on_due(SESSION),
        ],
        ids=["an event", "a look"],
    )
    async def test_let_nobody_be_missed_for_a_while(
        self, act: Callable[[SessionService], Awaitable[object]]
    ) -> None:
        store = TroubledStore()
        line = Timeline(store=store)
        await line.create()
        await line.connect("student")
        await line.connect("tutor")
        line.clock.at_ms = START_MS + 60_000
        assert not line.service.is_settling()
        store.trouble = Unavailable("store-unavailable", "Not now.")

        with pytest.raises(Unavailable):
            await act(line.service)

        store.trouble = None
        settling = []
        for after_ms in (0, SETTLE_MS - 1, SETTLE_MS):
            line.clock.at_ms = START_MS + 60_000 + after_ms
            settling.append(line.service.is_settling())
            version = (await line.lesson()).version
            await line.service.act_on_due(SESSION)
            assert ((await line.lesson()).version == version) is settling[-1]
        assert settling == [True, True, False]

    def test_before_any_has_failed_the_service_is_not_settling(self) -> None:
        line = Timeline()
        line.clock.at_ms = 0

        assert not line.service.is_settling()


async def test_a_look_does_all_that_is_due_and_moves_the_deadlines_on() -> None:
    line = await lesson_of_a_minute()
    line.people.clear()
    line.clock.at_ms += 26_000

    await line.service.act_on_due(SESSION)

    assert [told.fact.type for told in line.told[-3:]] == ["proof-lost", "proof-lost", "connection-warning"]
    assert await line.store.load_due(line.clock.at_ms, 10) == []


async def test_a_look_at_a_lesson_that_goes_on_moves_its_deadlines_to_the_newest_proofs() -> None:
    line = await lesson_of_a_minute()
    line.clock.at_ms += 20_000
    for person in line.people.values():
        await line.beat(person)
    line.clock.at_ms += 10_000
    assert await line.store.load_due(line.clock.at_ms, 10) != []

    await line.service.act_on_due(SESSION)

    assert await line.store.load_due(line.clock.at_ms, 10) == []


@pytest.mark.parametrize(("seconds", "due"), [(3_599, []), (3_600, ["vacant"]), (7_200, ["vacant"])])
async def test_a_session_that_was_empty_for_an_hour_loses_its_deadline(seconds: int, due: list[str]) -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.leave("student")
    line.clock.at_ms += seconds * 1_000

    before = [row.kind for row in await line.store.load_due(line.clock.at_ms, 10)]
    await line.service.act_on_due(SESSION)

    assert before == due
    assert await line.store.load_due(START_MS + 10**9, 10) == (
        [] if due else [Deadline(SESSION, "vacant", START_MS + 3_600_000)]
    )


@pytest.mark.requirement("R40")
async def test_an_answer_is_taken_at_the_service_s_own_time() -> None:
    line = await lesson_of_a_minute()
    await line.leave("tutor")
    await line.run_until(70)

    await line.service.decide_grace(SESSION, "end", "student")

    assert [told.at_ms - START_MS for told in line.told if isinstance(told.fact, Warned)] == [65_000]
    ended = (await line.lesson()).ended
    assert ended is not None
    assert (ended.ended_by, ended.reason, (await line.lesson()).ended_at_ms) == (
        "student",
        "ended-during-grace",
        START_MS + 70_000,
    )


@dataclass
class Keeper:
    """Keeps proofs in a list."""

    kept: list[Presence] = field(default_factory=list)
    flushes: int = 0

    def note(self, proof: Presence) -> None:
        self.kept.append(proof)

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        return [proof for proof in self.kept if proof.session_id == session_id]

    async def wait_for_save(self, session_id: str) -> bool:
        return not self.unsaved(session_id)

    async def flush(self) -> None:
        self.flushes += 1


async def test_proofs_go_where_the_service_is_told_to_keep_them() -> None:
    line, keeper = Timeline(), Keeper()
    line.service = SessionService(
        store=line.store,
        clock=line.clock,
        rules=line.service.rules,
        default_rate=line.rate,
        proofs=keeper,
    )
    await line.create()
    await line.connect("student")
    line.clock.at_ms += 4_000
    await line.beat(line.people["student"])
    await line.service.save_presence()

    assert keeper.kept[-1] == Presence(SESSION, "student", 1, START_MS + 4_000)
    assert keeper.flushes == 1
