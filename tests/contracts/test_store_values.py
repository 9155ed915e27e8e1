"""The values that all stores keep exactly, and those that all refuse: memory, SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from langdao_video.errors import BadRequest
from langdao_video.session.roles import Role
from langdao_video.store.checks import EVENT_BODY_BYTES_MAX, EVENTS_PER_APPEND_MAX, NUMBER_MAX
from langdao_video.store.port import Deadline, NewEvent, Presence, Store, StoredEvent
from tests.contracts.facts import SESSION, fact


class TestBounds:
    async def test_a_number_that_not_every_database_keeps_is_refused_by_all(self, store: Store) -> None:
        for attempt in (
            store.load_events(SESSION, after_seq=2**70),
            store.append_events(SESSION, 0, [NewEvent("a", "x", 2**70, {})]),
            store.append_events(SESSION, 0, [fact("a")], deadlines={"silence": -(2**70)}),
            store.save_presence([Presence(SESSION, "tutor", 2**53, 1)]),
            store.load_due(2**70, 1),
        ):
            with pytest.raises(BadRequest) as refused:
                await attempt

            assert refused.value.code == "number-invalid"
        assert await store.load_events(SESSION) == []
        assert await store.load_presence(SESSION) == {}

    async def test_the_largest_number_comes_back_exactly(self, store: Store) -> None:
        await store.append_events(
            SESSION, 0, [NewEvent("a", "x", NUMBER_MAX, {})], deadlines={"x": NUMBER_MAX}
        )
        await store.save_presence([Presence(SESSION, "tutor", NUMBER_MAX, -NUMBER_MAX)])

        assert (await store.load_events(SESSION))[0].at_ms == NUMBER_MAX
        assert await store.load_due(NUMBER_MAX, 1) == [Deadline(SESSION, "x", NUMBER_MAX)]
        assert await store.load_presence(SESSION) == {
            "tutor": Presence(SESSION, "tutor", NUMBER_MAX, -NUMBER_MAX)
        }

    async def test_a_seat_that_does_not_exist_is_refused_alone(self, store: Store) -> None:
        answers = await asyncio.gather(
            store.save_presence([Presence(SESSION, "student", 1, 1)]),
            store.save_presence([Presence(SESSION, cast("Role", "teacher"), 1, 1)]),
            store.save_presence([Presence(SESSION, "tutor", 1, 1)]),
            return_exceptions=True,
        )

        assert isinstance(answers[1], BadRequest)
        assert answers[1].code == "role-invalid"
        assert set(await store.load_presence(SESSION)) == {"student", "tutor"}

    async def test_an_append_beyond_the_bounds_is_refused_whole(self, store: Store) -> None:
        huge = fact("huge", {"text": "x" * EVENT_BODY_BYTES_MAX})
        many = [fact(str(n)) for n in range(EVENTS_PER_APPEND_MAX + 1)]

        with pytest.raises(BadRequest) as too_large:
            await store.append_events(SESSION, 0, [fact("small"), huge])
        with pytest.raises(BadRequest) as too_many:
            await store.append_events(SESSION, 0, many)

        assert (too_large.value.code, too_many.value.code) == ("event-too-large", "append-too-large")
        assert await store.load_events(SESSION) == []


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "課堂 🎓 العربية naïve e\u0301",
            "'; DROP TABLE session_events; --",
            '%s :name {x} \\ " \n\t\x01\x7f',
            "x" * 64 * 1024,
            "語" * 64 * 1024,
            "\0 and \ud800 alone",
        ],
        ids=["scripts", "sql", "marks", "64 KB", "64 K wide", "NUL and surrogate"],
    )
    async def test_a_body_comes_back_to_the_letter(self, store: Store, text: str) -> None:
        await store.append_events(SESSION, 0, [fact("a", {"text": text, text[:99]: True})])

        (event,) = await store.load_events(SESSION)

        assert event.body == {"text": text, text[:99]: True}

    @pytest.mark.parametrize("text", ["課堂 🎓", "'; DROP TABLE x; --", "%s :name \\", " ", "x" * 256])
    async def test_any_text_names_a_session(self, store: Store, text: str) -> None:
        await store.append_events(text, 0, [NewEvent(text, text, 1, {})], deadlines={text: 1})
        await store.save_presence([Presence(text, "tutor", 1, 1)])

        assert await store.load_events(text) == [StoredEvent(text, 1, text, text, 1, {})]
        assert await store.load_due(1, 1) == [Deadline(text, text, 1)]
        assert await store.load_presence(text) == {"tutor": Presence(text, "tutor", 1, 1)}

    async def test_text_that_not_every_database_keeps_is_refused_by_all(self, store: Store) -> None:
        for text in ("a\0b", "a\ud800b"):
            for attempt in (
                store.load_events(text),
                store.append_events(text, 0, [fact("a")]),
                store.append_events(SESSION, 0, [fact(text)]),
                store.append_events(SESSION, 0, [], deadlines={text: 1}),
                store.load_presence(text),
                store.save_presence([Presence(text, "tutor", 1, 1)]),
                store.load_boot_ms(text),
                store.save_boot_ms(text, 1),
                store.load_secret(text, str),
            ):
                with pytest.raises(BadRequest) as refused:
                    await attempt

                assert refused.value.code == "text-invalid"
