"""Relays from the settings to the page: coturn takes what a page is handed; without a valid link there is nothing."""

from __future__ import annotations

import json
import ssl
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from langdao_video.signaling.ice_urls import receive_ice_url
from langdao_video.turn.client import open_turn
from langdao_video.turn.stun import Attribute
from tests.stories.live import PATIENCE_SECONDS, Live, serving, until
from tests.stories.page import ADDRESSES, Page
from tests.turn.coturn import SECRET, run_coturn
from tests.web.test_production import API_KEY, KEY

TURN: Final[dict[str, Any]] = {"turn_urls": ("turn:turn.example:3478",), "turn_secret": SECRET}
PRODUCTION: Final[dict[str, Any]] = {"link_keys": (KEY,), "api_keys": (API_KEY,)}
BODY: Final = {"studentAddress": ADDRESSES["student"], "language": "es"}


def relay_of(frame: dict[str, Any]) -> dict[str, Any]:
    """Return the only relay that a frame hands out."""
    (relay,) = [server for server in frame["iceServers"] if "username" in server]
    return dict(relay)


async def make_link(live: Live, **more: object) -> tuple[str, str]:
    """Make a student's link in production; return its room and its token."""
    live.http.headers["authorization"] = f"Bearer {API_KEY}"
    url = urlsplit((await live.post("/api/sessions", {**BODY, **more}, 201))["studentUrl"])
    return parse_qs(url.query)["room"][0], parse_qs(url.fragment)["token"][0]


@pytest.mark.slow
async def test_coturn_takes_the_credential_that_a_page_is_handed(tmp_path: Path) -> None:
    with run_coturn(tmp_path) as coturn:
        async with (
            serving(tmp_path, turn_urls=coturn.urls, turn_secret=SECRET) as live,
            Page(live.ws_url, "r", "student") as page,
        ):
            relay = relay_of(page.last("welcome"))
        trust = ssl.create_default_context(cafile=coturn.certificate)
        for text in relay["urls"]:
            async with open_turn(receive_ice_url(text), trust, PATIENCE_SECONDS) as client:
                answer = await client.allocate((relay["username"], relay["credential"]))
                await client.release()

            assert answer.read_address(Attribute.XOR_RELAYED_ADDRESS) is not None, text


async def test_the_two_seats_have_credentials_of_their_own_that_name_nobody(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, **TURN) as live,
        Page(live.ws_url, "r", "student") as student,
        Page(live.ws_url, "r", "tutor") as tutor,
    ):
        relays = [relay_of(page.last("welcome")) for page in (student, tutor)]

    assert relays[0]["username"] != relays[1]["username"]
    handed = json.dumps(relays)
    assert not any(secret in handed for secret in (SECRET, *ADDRESSES.values(), "student", "tutor"))


async def test_a_signed_link_says_whether_only_relays_may_be_used(tmp_path: Path) -> None:
    async with serving(tmp_path, **TURN, **PRODUCTION) as live:
        for hides in (True, False):
            room, token = await make_link(live, relayOnly=hides)
            async with Page(live.ws_url, room, "student", token=token) as page:
                assert page.last("welcome").get("relayOnly", False) is hides


async def test_a_person_without_a_valid_link_is_handed_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path, **TURN, **PRODUCTION) as live:
        room, token = await make_link(live)
        page = Page(live.ws_url, room, "student", token=f"{token[:-2]}xx")
        await page.open()
        await page.send("look", **page.join_fields)
        await page.closed()

    assert [frame["type"] for frame in page.frames] == ["error"]


async def test_without_a_relay_no_link_hides_an_address(tmp_path: Path) -> None:
    async with serving(tmp_path) as live:
        refused = await live.post("/api/sessions", {**BODY, "relayOnly": True}, 400)
        page = Page(live.ws_url, "r", "student", relay=True)
        await page.open()
        await page.send("join", **page.join_fields)
        code = await page.closed()

    assert refused["code"] == "no-relay"
    assert (page.last("error")["code"], page.last("error")["final"], code) == ("no-relay", True, 4401)


@pytest.mark.slow
async def test_nobody_waits_for_a_command_and_its_servers_come_later(tmp_path: Path) -> None:
    listed = tmp_path / "list.json"
    program = tmp_path / "command.py"
    program.write_text(
        "import pathlib, sys, time\n"
        f"while not pathlib.Path({str(listed)!r}).exists(): time.sleep(0.02)\n"
        f"sys.stdout.write(pathlib.Path({str(listed)!r}).read_text())\n"
    )
    async with (
        serving(tmp_path, ice_servers_command=f"{sys.executable} -S {program}") as live,
        Page(live.ws_url, "r", "student") as page,
    ):
        assert page.last("welcome")["iceServers"] == []

        made = tmp_path / "made.json"
        made.write_text('[{"urls": "turn:turn.example", "username": "u", "credential": "c"}]')
        made.rename(listed)
        await until(lambda: page.of_type("ice-servers"))

        assert relay_of(page.last("ice-servers"))["urls"] == ["turn:turn.example"]
