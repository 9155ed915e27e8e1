"""The statement page over HTTP: the names on it, its brand and language, and its CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import pytest

from tests.stories.lesson import events_of, make_session, make_tutor_link, page_of, pass_time
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES
from tests.web.test_templates import HOSTILE
from tests.web.test_templates import Page as Document

KEYS: Final = {"link_keys": ("k" * 32,), "api_keys": ("secret",)}


async def play(live: Live, clock: HandClock, student: dict[str, Any], tutor: dict[str, Any]) -> str:
    """Play a session with 20 s of waiting and 10 s together. *student* and *tutor* are the contents of their links."""
    made = await make_session(live, **student)
    first = page_of(live, made["studentUrl"])
    await first.join()
    await events_of(live, made["sessionId"], "user-connected", 1)
    await pass_time(clock, [first], 20_000)
    second = page_of(live, (await make_tutor_link(live, made["sessionId"], **tutor))["tutorUrl"])
    await second.join()
    await events_of(live, made["sessionId"], "user-connected", 2)
    await pass_time(clock, [first, second], 10_000)
    await first.send("end-session")
    await first.expect("session-ended")
    return str(made["sessionId"])


async def read(live: Live, session_id: str, url: str | None = None) -> tuple[str, Document]:
    answer = await live.http.get(url or f"/sessions/{session_id}", headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.text, Document(answer.text)


async def test_it_names_both_the_platform_and_the_free_time_before_they_met(
    live: Live, clock: HandClock
) -> None:
    session_id = await play(
        live, clock, {"displayName": "Ana", "look": {"brand": "Lingua"}}, {"displayName": "José"}
    )

    text, page = await read(live, session_id)

    assert "Student Ana 0x742d…2aD1 Tutor José 0x8ba1…BA72" in page.text
    assert "<bdi>Lingua</bdi></header>" in text
    assert "Statement · Lingua</title>" in text
    assert "0:00–0:20 Before both were there: not billed 0:20 —" in page.text


async def test_without_names_it_shows_addresses_and_without_a_brand_ours(
    live: Live, clock: HandClock
) -> None:
    session_id = await play(live, clock, {}, {})

    text, page = await read(live, session_id)

    assert "Student 0x742d…2aD1 Tutor 0x8ba1…BA72" in page.text
    assert "<bdi>LangDAO</bdi></header>" in text


async def test_texts_of_people_stay_text_and_nothing_in_the_page_is_inline(
    live: Live, clock: HandClock
) -> None:
    hostile = HOSTILE[:40]
    session_id = await play(
        live, clock, {"displayName": hostile, "look": {"brand": hostile}}, {"displayName": hostile}
    )
    correction = {"minor": 1, "reason": HOSTILE}
    await live.post(f"/api/sessions/{session_id}/corrections", correction, 201)

    _, page = await read(live, session_id)

    assert page.text.count(hostile) >= 4
    assert HOSTILE in page.text
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert [script["src"] for script in scripts] == ["/static/statement.js"]
    assert "img" not in {tag for tag, _ in page.elements}
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]


async def test_its_csv_is_one_link_away(live: Live, clock: HandClock) -> None:
    session_id = await play(live, clock, {"displayName": "Ana"}, {"displayName": "=José"})

    _, page = await read(live, session_id)

    answer = await live.http.get(urljoin(f"/sessions/{session_id}", csv_link(page)))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {row["name"] for row in rows if row["kind"] == "presence"} == {"Ana", "'=José"}
    assert answer.headers["content-disposition"] == 'attachment; filename="statement.csv"'
    assert answer.headers["cache-control"] == "no-store"


async def test_in_production_the_link_s_own_token_opens_page_and_csv(
    tmp_path: Path, clock: HandClock
) -> None:
    async with serving(tmp_path, clock, **KEYS) as live:
        live.http.headers["authorization"] = "Bearer secret"
        session_id = await play(live, clock, {"displayName": "Ana"}, {"displayName": "José"})
        url = (await live.get(f"/api/sessions/{session_id}"))["statementUrl"]
        del live.http.headers["authorization"]

        _, page = await read(live, session_id, url)
        given = await live.http.get(urljoin(url, csv_link(page)))
        refused = await live.http.get(f"/sessions/{session_id}?format=csv")

    assert "Student Ana" in page.text
    assert "Tutor José" in page.text
    assert given.content.decode("utf-8-sig").startswith("kind,who,name,")
    assert (refused.status_code, refused.json()["code"]) == (403, "token-required")


async def test_the_names_are_told_to_the_platform_that_gave_them(live: Live, clock: HandClock) -> None:
    session_id = await play(live, clock, {"displayName": "Ana"}, {})

    events = await events_of(live, session_id, "user-connected", 2)
    told = await live.get(f"/api/sessions/{session_id}/statement")
    assert [event.get("userName") for event in events] == ["Ana", None]
    assert told["participants"] == {
        "student": {"name": "Ana", "address": ADDRESSES["student"]},
        "tutor": {"name": None, "address": ADDRESSES["tutor"]},
    }
    assert told["before"]["to"] - told["before"]["from"] == 20_000


async def test_a_language_that_is_none_of_ours_leaves_the_page_readable(live: Live) -> None:
    event = {
        "type": "user-connected",
        "sessionId": "from-elsewhere",
        "userRole": "student",
        "language": "tlh",
    }
    await live.post("/api/webrtc-events", event | {"timestamp": live.clock.now_ms()})

    _, page = await read(live, "from-elsewhere")

    assert "Statement so far" in page.text


@pytest.mark.parametrize("format_", ["pdf", "", "CSV"])
async def test_another_format_is_refused(live: Live, format_: str) -> None:
    made = await make_session(live)

    answer = await live.http.get(f"/sessions/{made['sessionId']}?format={format_}")

    assert answer.status_code == 422


def csv_link(page: Document) -> str:
    """Return the address of the page's CSV."""
    [link] = [attributes for tag, attributes in page.elements if tag == "a" and "download" in attributes]
    return link["href"] or ""
