"""A reader who has seen more events than the ledger has, as after a restored backup, is told so and misses nothing."""

from __future__ import annotations

import pytest

from tests.stories.feed import Feed
from tests.stories.live import Live, until
from tests.stories.page import Page


async def end_lesson(live: Live) -> int:
    """Play the shortest possible session in the room `r`, and return its number of events."""
    async with Page(live.ws_url, "r", "student") as page:
        await page.send("end-session")
        await page.expect("session-ended")
    return len((await live.get("/api/sessions/r/events"))["events"])


@pytest.mark.parametrize("beyond", [1, 1_000, 10**14])
async def test_an_after_beyond_the_newest_event_begins_again_and_says_so(live: Live, beyond: int) -> None:
    newest = await end_lesson(live)
    whole = await live.get("/api/sessions/r/events")

    again = await live.get(f"/api/sessions/r/events?after={newest + beyond}")

    assert again == whole | {"reset": True}
    assert [event["seq"] for event in again["events"]] == list(range(1, newest + 1))


async def test_an_after_that_was_given_goes_on_from_there(live: Live) -> None:
    newest = await end_lesson(live)

    last = await live.get(f"/api/sessions/r/events?after={newest - 1}")
    none = await live.get(f"/api/sessions/r/events?after={newest}")

    assert ([event["seq"] for event in last["events"]], last["reset"]) == ([newest], False)
    assert none == {"events": [], "reset": False}


@pytest.mark.parametrize("last_event_id", ["99", "99999999999999", "9" * 40, "not-ours", "-1"])
async def test_a_feed_that_comes_back_from_another_history_begins_again_and_says_so(
    live: Live, last_event_id: str
) -> None:
    newest = await end_lesson(live)

    async with Feed(live, "r", last_event_id) as feed:
        await feed.until_ended()

    assert (feed.messages[0].event, feed.messages[0].id) == ("reset", "")
    assert feed.messages[0].data == {"type": "reset", "sessionId": "r", "newestSeq": newest}
    assert [message.id for message in feed.messages if message.id] == [
        str(seq) for seq in range(1, newest + 1)
    ]


async def test_a_running_feed_goes_on_after_its_reset(live: Live) -> None:
    async with Page(live.ws_url, "r", "student") as page, Feed(live, "r", "99") as feed:
        await until(lambda: feed.of_type("user-connected"))
        await page.send("end-session")
        await feed.until_ended()

    assert [message.event for message in feed.messages].count("reset") == 1
    assert len(feed.of_type("session-ended")) == 1


@pytest.mark.parametrize("last_event_id", [None, "", "0", "1"])
async def test_new_and_returning_readers_get_no_reset(live: Live, last_event_id: str | None) -> None:
    newest = await end_lesson(live)

    async with Feed(live, "r", last_event_id) as feed:
        await feed.until_ended()

    assert feed.of_type("reset") == []
    assert len([message for message in feed.messages if message.id]) == newest - (last_event_id == "1")
