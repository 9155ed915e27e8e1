"""Links that are withdrawn: one, a session's, all before a time; by the API and the command line. From outside."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from langdao_video.signaling.effects import CloseCode
from tests.stories.forked import run_forked
from tests.stories.lesson import begin, events_of, make_session, make_tutor_link, page_of, pass_time
from tests.stories.live import HandClock, Live, serving, until
from tests.stories.page import Page
from tests.web.test_production import API_KEY, KEY

KEYS: Final[dict[str, Any]] = {"link_keys": KEY, "api_keys": API_KEY}
HTML: Final = {"accept": "text/html", "accept-language": "en"}


@pytest.fixture
async def production(tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    async with serving(tmp_path, clock, **KEYS) as live:
        live.http.headers["authorization"] = f"Bearer {API_KEY}"
        yield live


async def revoke(live: Live, **what: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    answer: dict[str, Any] = await live.post("/api/revocations", what, 201)
    return answer


async def is_refused(live: Live, url: str) -> bool:
    """Try to sit down with a link; tell whether it was refused, in the way of a link that was withdrawn."""
    page = await page_of(live, url).open()
    await page.send("join", **page.join_fields)
    await until(lambda: page.of_type("welcome") or page.of_type("error"))
    if page.of_type("welcome"):
        await page.close()
        return False
    error = page.last("error")
    if error["code"] == "seat-open-elsewhere":  # it counts: its owner sits in another tab
        await page.close()
        return False
    assert (error["code"], error["final"], await page.closed()) == ("link-revoked", True, CloseCode.TOKEN)
    return True


async def is_out(page: Page) -> bool:
    """Wait until a page that sat was told that its link was withdrawn, and closed for good."""
    error = await page.expect("error", code="link-revoked")
    return bool(error["final"]) and await page.closed() == CloseCode.TOKEN


async def test_one_link_counts_no_longer_and_the_others_do(production: Live) -> None:
    session, student, tutor = await begin(production)
    made = await make_tutor_link(production, session)

    first = await revoke(production, link=made["linkId"])
    again = await make_tutor_link(production, session)
    whole = await revoke(production, link=made["tutorUrl"])

    assert first == whole == {"kind": "link", "linkId": made["linkId"], "connectionsClosed": 0}
    assert await is_refused(production, made["tutorUrl"])
    assert not await is_refused(production, again["tutorUrl"]), "the others count"
    await student.close()
    await tutor.close()


@pytest.mark.requirement("R23", "R36")
async def test_the_seat_is_empty_at_once_and_costs_nothing_more(production: Live, clock: HandClock) -> None:
    made = await make_session(production)
    student = page_of(production, made["studentUrl"])
    await student.join()
    await events_of(production, made["sessionId"], "user-connected", 1)
    tutor_link = await make_tutor_link(production, made["sessionId"])
    tutor = page_of(production, tutor_link["tutorUrl"])
    await tutor.join()
    await events_of(production, made["sessionId"], "user-connected", 2)
    await pass_time(clock, (student, tutor), 20_000)

    answer = await revoke(production, link=tutor_link["linkId"])

    assert answer["connectionsClosed"] == 1
    assert await is_out(tutor)
    assert (await student.expect("peer-left"))["reason"] == "link-revoked"
    left = (await events_of(production, made["sessionId"], "user-disconnected", 1))[0]
    assert (left["userRole"], left["reason"], left["billableSeconds"]) == ("tutor", "link-revoked", 20)
    await tutor.reopen()
    await tutor.send("join", **tutor.join_fields, resume=tutor.last("welcome")["resume"])
    assert await is_out(tutor), "the token of the sitting is of no use without the link"
    await student.close()


async def test_a_session_s_links_count_no_longer_and_new_ones_do(production: Live) -> None:
    session, student, tutor = await begin(production)
    other = await make_session(production)
    old = await make_tutor_link(production, session)
    statement = (await production.get(f"/api/sessions/{session}"))["statementUrl"]

    answer = await revoke(production, sessionId=session)

    assert (answer["kind"], answer["sessionId"], answer["connectionsClosed"]) == ("session", session, 2)
    assert await is_out(student)
    assert await is_out(tutor)
    assert await is_refused(production, old["tutorUrl"])
    page = await production.http.get(statement, headers=HTML)
    assert (page.status_code, "This link no longer counts" in page.text) == (403, True)
    assert not await is_refused(production, other["studentUrl"])
    new = await make_tutor_link(production, session)
    assert not await is_refused(production, new["tutorUrl"]), (
        "it was made in the same millisecond, and afterwards"
    )
    fresh = (await production.get(f"/api/sessions/{session}"))["statementUrl"]
    assert (await production.http.get(fresh, headers=HTML)).status_code == 200


async def test_all_before_a_time_count_no_longer(production: Live, clock: HandClock) -> None:
    old = await make_session(production)
    clock.advance(1)
    young = await make_session(production)

    answer = await revoke(production, before=clock.now_ms())

    assert (answer["kind"], answer["before"]) == ("all", clock.now_ms())
    assert await is_refused(production, old["studentUrl"])
    assert not await is_refused(production, young["studentUrl"])


async def test_who_only_looks_in_leaves_too(production: Live) -> None:
    made = await make_session(production)
    page = await page_of(production, made["studentUrl"]).open()
    await page.send("look", **page.join_fields)
    await page.expect("lobby")

    answer = await revoke(production, sessionId=made["sessionId"])

    assert answer["connectionsClosed"] == 1
    assert await is_out(page)


async def test_a_restart_forgets_none(tmp_path: Path, clock: HandClock) -> None:
    async with serving(tmp_path, clock, **KEYS) as live:
        live.http.headers["authorization"] = f"Bearer {API_KEY}"
        made = [await make_session(live) for _ in range(2)]
        await revoke(live, link=made[0]["linkId"])
        await revoke(live, sessionId=made[1]["sessionId"])

    async with serving(tmp_path, clock, **KEYS) as live:
        assert await is_refused(live, made[0]["studentUrl"])
        assert await is_refused(live, made[1]["studentUrl"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"link": "lnk_nonsense"}, 404, "unknown-link"),
        ({"link": "https://call.example/?room=r#token=ey.ey.ey"}, 404, "unknown-link"),
        ({"sessionId": "session-of-nobody"}, 404, "unknown-session"),
        ({}, 400, "revocation-unclear"),
        ({"link": "lnk_x", "sessionId": "s"}, 400, "revocation-unclear"),
        ({"link": "lnk_x", "before": 1}, 400, "revocation-unclear"),
        ({"before": 1_764_000_000}, 400, "before-invalid"),
        ({"before": 1_764_000_000_001}, 400, "before-invalid"),
        ({"before": -1}, 400, "before-invalid"),
        ({"before": "now"}, 422, "request-invalid"),
        ({"session": "s"}, 422, "request-invalid"),
    ],
    ids=repr,
)
async def test_what_names_nothing_is_answered_clearly(
    production: Live, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await production.http.post("/api/revocations", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_it_needs_the_key_of_the_platform(production: Live) -> None:
    answer = await production.http.post(
        "/api/revocations", json={"before": 1}, headers={"authorization": "Bearer no"}
    )

    assert answer.status_code == 401


async def test_in_development_there_is_nothing_to_revoke(live: Live) -> None:
    answer = await live.http.post("/api/revocations", json={"before": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "links-unsigned")


async def run_cli(folder: Path, *arguments: str) -> tuple[int, str]:
    env = {
        **os.environ,
        "LINK_KEYS": KEY,
        "API_KEYS": API_KEY,
        "DATABASE_URL": f"sqlite:///{folder / 'lessons.sqlite'}",
    }
    ran = await asyncio.to_thread(partial(run_forked, "revoke", *arguments, env=env))
    return ran.returncode, ran.stdout + ran.stderr


async def test_by_the_command_line_a_running_service_hears_of_it(tmp_path: Path) -> None:
    async with serving(tmp_path, **KEYS) as live:
        live.http.headers["authorization"] = f"Bearer {API_KEY}"
        session, student, tutor = await begin(live)

        code, said = await run_cli(tmp_path, "--session", session)

        assert (code, said.startswith(f"The links of session {session} made before 20")) == (0, True)
        assert await is_out(student)
        assert await is_out(tutor)


async def test_by_the_command_line_what_names_nothing_is_answered_clearly(tmp_path: Path) -> None:
    code, said = await run_cli(tmp_path, "--session", "of-nobody\x1b[2J")

    assert (code, said.startswith("There is no session 'of-nobody")) == (1, True)
    assert said.strip().isprintable()
