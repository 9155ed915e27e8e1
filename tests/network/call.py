"""A call between two homes: who sits in it, what they receive, and by which route."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from langdao_video.session.roles import ROLES
from tests.browser.lesson import Lesson, now_ms
from tests.browser.people import Person
from tests.browser.tab import WAIT_SECONDS_MAX, NeverHappened, open_chromium_tab, wait_until
from tests.network import flow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from langdao_video.session.roles import Role
    from tests.browser.tab import ChromiumTab, Tab
    from tests.network.flow import Look
    from tests.network.town import Town
    from tests.network.witness import Witness

ROUTE: Final = """__probe.connections.at(-1).getStats().then((stats) => {
    const reports = [...stats.values()];
    const find = (id) => reports.find((report) => report.id === id);
    const pair = find(reports.find(({ type }) => type === "transport")?.selectedCandidatePairId);
    if (!pair) return null;
    const [own, other] = [find(pair.localCandidateId), find(pair.remoteCandidateId)];
    return { own: own.candidateType, other: other.candidateType, relayProtocol: own.relayProtocol ?? null };
})"""
"""The selected candidate pair (W3C webrtc-stats)."""


MEDIA: Final = """(async () => {
    const line = ({ direction, currentDirection, sender, receiver }) =>
        [direction, currentDirection, sender.track?.readyState, receiver.track.muted];
    const connection = __probe.connections.at(-1);
    const told = ["type", "kind", "packetsReceived", "packetsSent", "framesDecoded", "framesEncoded", "frameHeight",
        "keyFramesDecoded", "keyFramesEncoded", "pliCount", "nackCount", "active", "targetBitrate", "frames",
        "availableOutgoingBitrate"];
    const flow = [...(await connection.getStats()).values()]
        .filter(({ type }) => /bound-rtp$|^media-source$|^candidate-pair$/.test(type))
        .map((stat) => told.filter((name) => name in stat).map((name) => `${name} ${stat[name]}`).join(", "));
    const lines = connection.getTransceivers().map(line);
    const encodings = connection.getSenders().map((sender) => sender.getParameters().encodings);
    return JSON.stringify({ now: Date.now(), look: __flow.looks.at(-1), flow, lines, encodings });
})()"""
"""What the newest connection has received and sent, and how its lines stand."""


@dataclass(frozen=True, slots=True)
class Route:
    """The types of both ends' candidates, as one page knows them, and how it reaches its relay, if it uses one."""

    own: str
    other: str
    relay_protocol: str | None

    @property
    def is_relayed(self) -> bool:
        """Whether the packets pass a relay."""
        return "relay" in {self.own, self.other}


class Call:
    """Two people in one lesson, each with a tab at home."""

    def __init__(self, town: Town, lesson: Lesson, tabs: dict[Role, ChromiumTab]) -> None:
        self.town = town
        self.lesson = lesson
        self.tabs = tabs
        self.people = {role: Person(tab, lesson, role) for role, tab in tabs.items()}

    async def wait_for_media(self) -> None:
        """Wait until each sees and hears the other, from now on."""
        since_ms = now_ms()
        for person in self.people.values():
            try:
                await wait_until(person.tab, f"__flow.moves({since_ms})")
            except NeverHappened as error:
                error.add_note(await self.describe_media())
                raise

    async def describe_media(self) -> str:
        """Tell what each page has received, and how its connections stand: evidence for who reads a failure."""
        lines = [
            f"── {role}: {await tab.evaluate(MEDIA)}\n{await tab.evaluate('globalThis.__probe?.trace()')}"
            for role, tab in self.tabs.items()
        ]
        return "\n".join(lines)

    async def routes(self) -> dict[Role, Route]:
        """Return the route that each page's packets take."""
        return {role: await read_route(person.tab) for role, person in self.people.items()}


async def read_route(tab: Tab) -> Route:
    """Return the route of the newest connection, once it has one."""
    found: dict[str, Any] = await wait_until(tab, ROUTE)
    return Route(found["own"], found["other"], found["relayProtocol"])


async def read_looks(tab: Tab) -> list[Look]:
    """Return what the page has received since it was loaded."""
    return flow.read_looks(await tab.evaluate("__flow.looks"))


async def open_tab(town: Town, role: Role) -> ChromiumTab:
    """Open a tab at home, with the looks in each of its pages."""
    tab = await open_chromium_tab(town.browsers[role], scripts=town.scripts)
    tab.page.set_default_navigation_timeout(WAIT_SECONDS_MAX * 1_000)
    return tab


@asynccontextmanager
async def calling(
    town: Town,
    link: Callable[[Role], str] | None = None,
    witnesses: Mapping[Role, Witness] | None = None,
) -> AsyncIterator[Call]:
    """Let both join, the student first. Yield when each sees and hears the other; end all their tabs after the block.

    *link* makes the link of a role at another service. *witnesses* note what the pages send.
    """
    lesson = Lesson(town.service.url)
    tabs: dict[Role, ChromiumTab] = {}
    try:
        for role in ROLES:
            tabs[role] = tab = await open_tab(town, role)
            if witnesses:
                witnesses[role].watch(tab)
            await tab.open(link(role) if link else lesson.link(role))
        call = Call(town, lesson, tabs)
        await call.wait_for_media()
        yield call
    finally:
        for browser in town.browsers.values():
            for context in browser.contexts:
                await context.close()
