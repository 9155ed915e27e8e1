"""The room's socket over a real connection: all that a browser or another program can do wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from langdao_video.signaling import connection
from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX
from langdao_video.signaling.effects import CloseCode
from tests.server.conftest import DRIVERS
from tests.stories.live import PATIENCE_SECONDS, HandClock, Live, serving, until
from tests.stories.page import ADDRESSES, Page, two_pages


@pytest.fixture(params=DRIVERS)
async def live(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    """Run the service with one of the drivers."""
    async with serving(tmp_path, clock, socket_driver=request.param) as service:
        yield service


DEEP = '{"type":"end-session","pad":' + "[" * 30_000 + "]" * 30_000 + "}"


class TestBeforeTheFirstFrame:
    @pytest.mark.requirement("R5")
    @pytest.mark.parametrize(
        "query", ["", "?", "?room=", "?room=a&room=b", f"?room={'x' * 257}", "?room=a%00b", "?rum=a"]
    )
    async def test_a_url_that_names_no_room_gets_a_reason_and_is_closed(self, live: Live, query: str) -> None:
        page = Page(live.ws_url, "", "student")
        page._url = live.ws_url + query

        await page.open()

        error = await page.expect("error")
        assert (error["code"], error["final"]) == ("bad-link", True)
        assert await page.closed() == CloseCode.BAD_FRAMES

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://[", "http://localhost.evil.example"]
    )
    async def test_a_page_of_somebody_else_gets_403(self, live: Live, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(live.ws_url + "?room=r", origin=Origin(origin), proxy=None)

        assert refused.value.response.status_code == 403

    async def test_our_own_page_gets_in(self, live: Live) -> None:
        page = await Page(live.ws_url, "r", "student").open(origin=live.url)

        assert (await page.join())["role"] == "student"
        await page.close()

    async def test_a_page_that_does_not_join_in_time_is_closed(
        self, live: Live, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection, "JOIN_SECONDS_MAX", 0.2)
        page = await Page(live.ws_url, "r", "student").open()

        error = await page.expect("error", code="join-timeout")

        assert "final" not in error  # a slow phone may try again
        assert await page.closed() == CloseCode.TRY_AGAIN_LATER

    async def test_nonsense_does_not_buy_time(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "JOIN_SECONDS_MAX", 0.4)
        page = await Page(live.ws_url, "r", "student").open()

        async with asyncio.timeout(PATIENCE_SECONDS):
            with suppress(ConnectionClosed):
                while True:
                    await page.socket.send("nonsense")
                    await asyncio.sleep(0.05)

        await page.expect("error", code="join-timeout")
        assert await page.closed() == CloseCode.TRY_AGAIN_LATER

    @pytest.mark.parametrize(
        "frame",
        [
            {"kind": "chat", "id": "m", "text": "x"},
            {"kind": "heartbeat", "audio": True, "video": True},
            {"kind": "end-session"},
            {"kind": "offer", "to": "page-00000001", "sdp": "v=0"},
        ],
        ids=lambda frame: frame["kind"],
    )
    async def test_nothing_counts_before_the_join(self, live: Live, frame: dict[str, object]) -> None:
        page = await Page(live.ws_url, "r", "student").open()

        await page.send(**frame)  # type: ignore[arg-type] # fields of a frame

        assert (await page.expect("error"))["code"] == "join-first"
        assert (await page.join())["peer"] is None
        await page.close()

    @pytest.mark.requirement("R1")
    async def test_a_join_with_a_wrong_link_says_which_parameter(self, live: Live) -> None:
        page = await Page(live.ws_url, "r", "student", language="xx", address="bob").open()

        await page.send("join", **page._join)

        error = await page.expect("error")
        assert (error["code"], error["final"]) == ("bad-link", True)
        assert "address must be" in error["message"]
        assert "language must be" in error["message"]
        assert await page.closed() == CloseCode.BAD_FRAMES

    async def test_a_malformed_join_may_be_mended(self, live: Live) -> None:
        page = await Page(live.ws_url, "r", "student").open()
        await page.send("join", page="short", role="student")

        assert (await page.expect("error"))["code"] == "frame-invalid"

        assert (await page.join())["epoch"] == 1
        await page.close()


def has_an_answer(page: Page) -> bool:
    return bool(page.of_type("lobby") or page.of_type("error"))


async def look_in_time(live: Live) -> Page:
    """Look. Where a busy machine brings the look too late, do it again on a new socket, as the call page does."""
    while True:
        page = await Page(live.ws_url, "r", "student").open()
        await page.send("look", **page._join)
        await until(partial(has_an_answer, page))
        if page.of_type("lobby"):
            return page
        await page.closed()


class TestTheLobby:
    async def test_a_page_in_the_lobby_may_take_its_time(
        self, live: Live, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection, "JOIN_SECONDS_MAX", 3.0)
        page = await look_in_time(live)

        await asyncio.sleep(3.2)

        assert (await page.join())["epoch"] == 1
        await page.close()

    async def test_looking_makes_no_session_and_no_event(self, live: Live) -> None:
        page = await Page(live.ws_url, "r", "student").open()

        await page.send("look", **page._join)
        shown = await page.expect("lobby")
        await page.expect("bill", state="waiting", billableSeconds=0)
        await page.expect("ping")

        assert shown["peer"] is None
        assert (await live.http.get("/api/sessions/r")).status_code == 404
        await page.close()

    async def test_the_seats_hear_nothing_of_the_lobby_and_nothing_is_billed(
        self, live: Live, clock: HandClock
    ) -> None:
        async with Page(live.ws_url, "r", "tutor", address=ADDRESSES["tutor"]) as tutor:
            student = await Page(live.ws_url, "r", "student", address=ADDRESSES["student"]).open()
            await student.send("look", **student._join)
            shown = await student.expect("lobby")
            await tutor.settle()
            before = await live.get("/api/sessions/r")

            for _ in range(12):
                clock.advance(5_000)
                await student.expect("ping")
                await tutor.expect("ping")
                await tutor.settle()

            after = await live.get("/api/sessions/r")
            assert shown["peer"]["page"] == tutor.page
            assert tutor.of_type("peer-joined") == []
            assert (after["version"], after["billableSeconds"]) == (before["version"], 0)
            await student.close()

    async def test_a_page_in_the_lobby_sees_the_other_join_and_then_joins_on_the_same_socket(
        self, live: Live
    ) -> None:
        student = await Page(live.ws_url, "r", "student", address=ADDRESSES["student"]).open()
        await student.send("look", **student._join)
        await student.expect("lobby")

        async with Page(live.ws_url, "r", "tutor", address=ADDRESSES["tutor"]) as tutor:
            shown = await student.expect("lobby")
            welcome = await student.join()

            assert shown["peer"]["page"] == welcome["peer"]["page"] == tutor.page
            assert (await tutor.expect("peer-joined"))["peer"]["page"] == student.page
            await student.close()

    @pytest.mark.requirement("R1")
    async def test_a_look_with_a_wrong_link_is_shown_out_as_a_join_would_be(self, live: Live) -> None:
        page = await Page(live.ws_url, "r", "student", language="xx").open()

        await page.send("look", **page._join)

        assert (await page.expect("error"))["code"] == "bad-link"
        assert await page.closed() == CloseCode.BAD_FRAMES

    async def test_a_prepaid_lesson_says_in_the_lobby_how_much_time_that_is(self, live: Live) -> None:
        body = {
            "studentAddress": ADDRESSES["student"],
            "tutorAddress": ADDRESSES["tutor"],
            "language": "es",
            "ratePerHourMinor": 2_000,
            "currency": "USD",
            "capSeconds": 1_800,
        }
        made = await live.post("/api/sessions", body, expect=201)
        page = await Page(live.ws_url, made["sessionId"], "student", address=ADDRESSES["student"]).open()

        await page.send("look", **page._join)

        assert (await page.expect("bill"))["capSeconds"] == 1_800
        await page.close()


class TestBadFrames:
    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            ("hello", "frame-not-json"),
            ("", "frame-not-json"),
            ('{"type":"teleport"}', "frame-invalid"),
            ('{"type":"chat","id":"m"}', "frame-invalid"),
            ('{"type":"chat","id":"m","text":5}', "frame-invalid"),
            ("[]", "frame-invalid"),
            (DEEP, "frame-too-deep"),
            (b'{"type":"end-session"}', "frame-not-json"),
            (b"\x00\xff", "frame-not-json"),
        ],
        ids=["text", "empty", "type", "missing", "wrong type", "array", "deep", "binary", "bytes"],
    )
    async def test_each_has_its_answer_and_the_lesson_goes_on(
        self, live: Live, raw: str | bytes, code: str
    ) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            await student.socket.send(raw)

            assert (await student.expect("error"))["code"] == code
            await student.send("chat", id="m-1", text="still here")
            assert (await tutor.expect("chat"))["line"]["text"] == "still here"
            assert tutor.of_type("error") == []

    @pytest.mark.parametrize(
        ("text", "code"),
        [("\u200b\u3164\n", "chat-blank"), ("\x00", "chat-control"), ("\x1b[2Jgone", "chat-control")],
        ids=["nothing to see", "NUL", "escape"],
    )
    async def test_a_line_of_chat_that_is_refused_says_why_and_the_lesson_goes_on(
        self, live: Live, text: str, code: str
    ) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            await student.send("chat", id="m-1", text=text)

            error = await student.expect("error")
            assert (error["code"], error["id"]) == (code, "m-1")
            await student.send("chat", id="m-2", text="still here\u202e")
            assert (await tutor.expect("chat"))["line"]["text"] == "still here"

    async def test_a_frame_over_64_kib_closes_with_1009_and_the_page_comes_back(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            await student.socket.send("x" * (FRAME_SIZE_BYTES_MAX + 1))

            assert await student.closed() == 1009
            welcome = await student.rejoin()
            assert welcome["epoch"] == 1
            assert tutor.of_type("peer-left") == []

    async def test_a_frame_of_64_kib_is_fine(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            sdp = "v=0" + "x" * 59_000

            await student.send("offer", to=tutor.page, sdp=sdp)

            assert (await tutor.expect("offer"))["sdp"] == sdp

    async def test_text_that_is_no_utf_8_closes_with_1007(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            await student.socket.send(b"\xff\xfe", text=True)

            assert await student.closed() == 1007
            assert (await student.rejoin())["epoch"] == 1
            assert tutor.of_type("peer-left") == []


class TestFlood:
    async def test_a_thousand_frames_in_a_second_are_cut_and_the_socket_goes_on(
        self, live: Live, clock: HandClock
    ) -> None:
        drivers = live.context.hub.tally.drivers.values()
        async with two_pages(live.ws_url, "r") as (student, tutor):
            read_before = sum(driver.frames_in for driver in drivers)
            for number in range(1_000):
                await student.send("chat", id=f"m-{number}", text=str(number))
                if number < 190:  # the room holds at most a hundred that are not stored yet
                    await tutor.expect("chat")

            # Only then may time go on: what is read after it is within the rate, and could wait for the store.
            await until(lambda: sum(driver.frames_in for driver in drivers) >= read_before + 1_000)
            clock.advance(1_000)
            await student.send("chat", id="after", text="1000")
            await until(lambda: any(frame["line"]["id"] == "after" for frame in tutor.of_type("chat")))

            heard = [int(frame["line"]["text"]) for frame in tutor.of_type("chat")]
            assert heard == sorted(heard)
            assert heard[:190] == list(range(190))
            assert len(heard) < 500
            assert {error["code"] for error in student.of_type("error")} == {"rate-limited"}
            assert tutor.of_type("error") == []

    async def test_the_other_side_may_speak_all_the_while(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            for number in range(1_000):
                await student.send("user-status", audio=bool(number % 2), video=True)

            await tutor.send("chat", id="m-1", text="¿Todo bien?")

            assert (await student.expect("chat"))["line"]["text"] == "¿Todo bien?"

    async def test_a_page_that_does_not_stop_is_closed(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            for _ in range(connection.FRAMES_BURST + connection.FRAMES_DROPPED_MAX + 10):
                await student.socket.send("{}")

            assert (await student.expect("error", code="flood"))["final"] is True
            assert await student.closed() == CloseCode.FLOOD
            assert tutor.of_type("error") == []


class TestTheSeats:
    async def test_the_same_seat_twice_is_a_question(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            other_tab = await Page(live.ws_url, "r", "student", address=ADDRESSES["student"]).open()
            await other_tab.send("join", **other_tab._join)
            asked = await other_tab.expect("error")

            welcome = await other_tab.join(takeover=True)

            assert (asked["code"], "final" in asked) == ("seat-open-elsewhere", False)
            assert welcome["epoch"] == 2
            assert (await student.expect("error"))["code"] == "moved-elsewhere"
            assert await student.closed() == CloseCode.MOVED
            assert (await tutor.expect("peer-joined"))["peer"]["page"] == other_tab.page
            await other_tab.close()

    async def test_a_page_whose_first_socket_is_not_known_to_be_dead_is_no_other_tab(
        self, live: Live
    ) -> None:
        """Its network failed before it had the welcome, so it has no resume token."""
        async with two_pages(live.ws_url, "r") as (student, tutor):
            again = await Page(
                live.ws_url, "r", "student", page=student.page, address=ADDRESSES["student"]
            ).open()

            welcome = await again.join()

            assert welcome["epoch"] == 1
            assert tutor.of_type("peer-left") == []
            await again.close()

    async def test_a_third_person_is_refused_and_nobody_notices(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            stranger = await Page(live.ws_url, "r", "tutor", address="0x" + "9" * 40).open()
            await stranger.send("join", **stranger._join, takeover=True)

            assert (await stranger.expect("error"))["code"] == "seat-belongs-to-another"
            assert await stranger.closed() == CloseCode.SEAT_OF_ANOTHER
            assert student.of_type("error") == tutor.of_type("error") == []
            assert student.of_type("peer-left") == []

    async def test_a_room_says_nothing_to_another_room(self, live: Live) -> None:
        async with two_pages(live.ws_url, "r-1") as (student, tutor), two_pages(live.ws_url, "r-2") as others:
            await student.send("chat", id="m-1", text="only here")
            await student.send("offer", to=others[1].page, sdp="v=0")
            await student.send("offer", to=tutor.page, sdp="v=0")

            await tutor.expect("offer")
            for page in others:
                await page.settle()
                assert page.of_type("chat") == page.of_type("offer") == []
