"""A person hides their IP address, and the lobby checks their network: with a real relay on loopback."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio

from langdao_video.session.roles import ROLES
from tests.browser.api import post_json
from tests.browser.lesson import ADDRESSES, Lesson
from tests.browser.server import Service
from tests.browser.tab import wait_until
from tests.network.call import read_route
from tests.ports import free_port, listens
from tests.stories.live import until_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.browser.conftest import People

SECRET: Final = "of-the-tests-only"  # noqa: S105 - of a relay on loopback
SESSION: Final = {
    "studentAddress": ADDRESSES["student"],
    "tutorAddress": ADDRESSES["tutor"],
    "language": "es",
    "ratePerHourMinor": 3_600,
    "currency": "EUR",
}
VERDICT: Final = "document.querySelector('[data-part=network-check]')?.dataset.verdict"
PATIENT: Final = """
    const wait = setTimeout;
    setTimeout = (what, ms, ...more) => wait(what, ms === 2_500 || ms === 5_000 ? 60_000 : ms, ...more);
"""
"""The check calls a way closed that does not answer in time. Here it is given the time of a slow machine."""
DETAILS: Final = "document.querySelector('[data-part=network-details]').innerText"
NOTE_CLICK: Final = (
    """addEventListener("click", () => { window.toldBefore = __probe.frames.length; }, true)"""
)
TOLD_SINCE: Final = """__probe.frames.slice(toldBefore)
    .filter(({ direction, type }) => direction === "sent" && ["offer", "answer", "ice"].includes(type))
    .map(({ text }) => JSON.parse(text))"""
HIDE: Final = "document.querySelector('[data-part=hide-address]')"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def relayed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Run a service with a relay, which may also reach loopback: both pages are there."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed (scripts/install_test_packages.sh)")
    folder, port = tmp_path_factory.mktemp("relayed"), free_port()
    own = (f"--userdb={folder / 'users'}", f"--pidfile={folder / 'pid'}", f"--log-file={folder / 'log'}")
    coturn = await asyncio.create_subprocess_exec(
        *(program, "-n", "--listening-ip=127.0.0.1", f"--listening-port={port}", "--relay-ip=127.0.0.1"),
        *("--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=tests", "--allow-loopback-peers"),
        *("--no-tls", "--no-dtls", "--no-cli", *own),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    relay = f"turn:127.0.0.1:{port}"
    env = {"STUN_URLS": "none", "TURN_URLS": f"{relay} {relay}?transport=tcp", "TURN_SECRET": SECRET}
    try:
        await until_async(lambda: listens(port))  # a page that asks earlier is told that there is no relay
        async with Service(folder, env) as service:
            yield service
    finally:
        coturn.terminate()
        await coturn.wait()


def candidates_in(frames: list[dict[str, Any]]) -> set[str]:
    """Return the addresses that *frames* tell, one line each, as in SDP."""
    told = [frame["candidate"]["candidate"] for frame in frames if frame.get("candidate")]
    lines = [line for frame in frames for line in frame.get("sdp", "").splitlines()]
    return {one for one in (*told, *lines) if "candidate:" in one}


async def test_an_address_that_is_hidden_in_the_call_is_told_to_nobody(
    people: People, relayed: Service
) -> None:
    student, tutor = await people.meet(Lesson(relayed.url))
    before = await tutor.wait_for_picture()
    await wait_until(student.tab, "__probe.connections.at(-1).iceGatheringState === 'complete'")

    await student.choose_in_menu("Sound and picture")
    await wait_until(student.tab, f"{HIDE}?.disabled === false")
    await student.tab.evaluate(NOTE_CLICK)
    await student.tab.press_part("hide-address")

    await tutor.wait_for_new_picture(before)
    assert_relayed(await student.tab.evaluate(TOLD_SINCE))


async def test_links_that_ask_for_a_relay_tell_no_address(people: People, relayed: Service) -> None:
    made = await post_json(f"{relayed.url}/api/sessions", **SESSION, relayOnly=True)
    student, tutor = [await people.bring(role, Lesson(relayed.url)) for role in ROLES]
    await student.tab.open(f"{made['studentUrl']}&lobby=off")
    await student.wait_for_state("waiting")
    link = await post_json(f"{relayed.url}/api/sessions/{made['sessionId']}/tutor-link", relayOnly=True)
    await tutor.tab.open(f"{link['tutorUrl']}&lobby=off")

    for person in (student, tutor):
        await person.wait_for_state("live")
        await person.wait_for_picture()
        told = [frame for kind in ("offer", "answer", "ice") for frame in await person.frames(kind)]
        assert_relayed(told)
        assert (await read_route(person.tab)).is_relayed


def assert_relayed(frames: list[dict[str, Any]]) -> None:
    """Check that *frames* tell relays and nobody's own address (RFC 8839 §5.1)."""
    found = candidates_in(frames)
    assert found
    for one in found:
        assert " typ relay " in one
        assert " raddr 0.0.0.0 rport 9" in one


async def test_the_lobby_finds_what_the_network_lets_through_and_join_waits_for_nothing(
    people: People, relayed: Service
) -> None:
    lesson = Lesson(relayed.url)
    student = await people.bring("student", lesson, scripts=(PATIENT,))
    tutor = await people.bring("tutor", lesson)

    await student.enter_lobby()
    await wait_until(student.tab, f"{VERDICT} && {VERDICT} !== 'busy'")
    await student.tab.evaluate("document.querySelector('[data-part=network-check] summary').click()")
    details = await student.tab.evaluate(DETAILS)
    assert details.split("\n")[:8:2] == ["Direct way (STUN)", "Relay by UDP", "Relay by TCP", "Relay by TLS"]
    assert details.split("\n")[1:8:2] == ["not offered", "open", "open", "not offered"]

    await tutor.enter_lobby()
    await wait_until(tutor.tab, f"{VERDICT}")
    await tutor.join_from_lobby()
    await student.join_from_lobby()
    for person in (student, tutor):
        await person.wait_for_state("live")
        await person.wait_for_picture()
