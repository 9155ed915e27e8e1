"""Plays a script of faults (script.py) against a call, and tells how it stands afterwards."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from playwright.async_api import Error

from langdao_video.session.roles import ROLES
from tests.browser.lesson import now_ms
from tests.browser.people import Person
from tests.browser.tab import open_another_tab
from tests.network import rules
from tests.network.witness import Verdict, Witness, judge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from langdao_video.session.roles import Role
    from tests.browser.tab import ChromiumTab
    from tests.network.call import Call
    from tests.network.script import Fault, Kind

LOAD_MS_MAX: Final = 5_000
"""A person who sees the browser's own error page presses reload."""
LOOK_SECONDS: Final = 0.1

HIDE: Final = """((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    const get = () => hidden ? "hidden" : "visible";
    Object.defineProperty(document, "visibilityState", { configurable: true, get });
    document.dispatchEvent(new Event("visibilitychange"));
})"""
STATE: Final = "document.documentElement.dataset.callState"
SEES_AND_HEARS: Final = "globalThis.__flow?.moves(%d)"
IS_ADVISED: Final = f"""(() => {{
    if (document.querySelector("[data-part=grace-dialog]")?.open) return true;
    const place = ["error", "ended"].includes({STATE})
        && document.querySelector(".interlude main, [data-part=device-problem], [data-part=page-problem]");
    return Boolean(place && place.querySelector("h1, h2")?.innerText && place.querySelector("button, a"));
}})()"""
"""Whether a screen says what to do: a question, or a headline with something to press."""
ASKS_TO_MOVE: Final = (
    f"{STATE} === 'error' && document.querySelector('[data-part=page-problem], .interlude main')"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it stands after a script. *back_ms* is how long after its last fault; None: never, and *stuck* says how."""

    back_ms: int | None
    stuck: str
    seated: dict[Role, int]
    """How many pages of each role are in the call."""
    verdict: Verdict


class Stage:
    """The two people of a call, with all tabs that they have opened, the one in use last."""

    def __init__(self, call: Call, witnesses: dict[Role, Witness]) -> None:
        self._call = call
        self._witnesses = witnesses
        self._tabs = {role: [tab] for role, tab in call.tabs.items()}
        self._hands = {role: asyncio.Lock() for role in ROLES}
        self._service = asyncio.Lock()
        self._drops = 0

    async def play(self, faults: Sequence[Fault]) -> None:
        """Play all faults at their times. When it returns, the lines are whole and the service is up."""
        deeds: dict[Kind, Callable[[Fault], Awaitable[None]]] = {
            "drop": self._drop,
            "reload": self._reload,
            "kill": self._kill,
            "path": self._change_path,
            "second-tab": self._open_second_tab,
            "hide": self._hide,
        }

        async def do(fault: Fault) -> None:
            await asyncio.sleep(fault.at_ms / 1000)
            self._drops += fault.kind != "hide"
            await deeds[fault.kind](fault)

        async with asyncio.TaskGroup() as tasks:
            for fault in faults:
                tasks.create_task(do(fault))

    async def conclude(self, patience_ms: int) -> Outcome:
        """Wait until all is well and one tab of each role is left, at most *patience_ms*; judge the bill, and tell."""
        since_ms = now_ms()
        back_ms = None
        seated = await self._count_seated()
        while (back_ms is None or max(seated.values()) > 1) and now_ms() - since_ms < patience_ms:
            if back_ms is None and all([await self._is_well(role, since_ms) for role in ROLES]):
                back_ms = now_ms() - since_ms
            await asyncio.sleep(LOOK_SECONDS)
            seated = await self._count_seated()
        is_well = back_ms is not None and set(seated.values()) == {1}
        stuck = "" if is_well else await self._describe()
        session = await asyncio.to_thread(
            self._call.town.service.read, f"/api/sessions/{self._call.lesson.room}"
        )
        verdict = judge(int(session["billableSeconds"]), self._witnesses, self._drops)
        return Outcome(back_ms, stuck, seated, verdict)

    async def _count_seated(self) -> dict[Role, int]:
        """Count the tabs of each role that are not over. One that another tab has replaced may hear of it last."""
        return {
            role: sum([await tab.evaluate(STATE) not in {"error", "ended"} for tab in tabs])
            for role, tabs in self._tabs.items()
        }

    async def _is_well(self, role: Role, since_ms: int) -> bool:
        tab = self._tabs[role][-1]
        return bool(await tab.evaluate(f"{SEES_AND_HEARS % since_ms} || {IS_ADVISED}"))

    async def _describe(self) -> str:
        lines = []
        for role, tab in ((role, tab) for role, tabs in self._tabs.items() for tab in tabs):
            text = await tab.evaluate("document.body.innerText.slice(0, 300)")
            trace = await tab.evaluate("globalThis.__probe?.trace().slice(-3000)")
            lines += [f"── {role}: {await tab.evaluate(STATE)}", text, str(trace)]
        return "\n".join(lines)

    async def _drop(self, fault: Fault) -> None:
        home = self._call.town.homes[fault.role]
        await asyncio.to_thread(home.treat, rules.CUT)
        await asyncio.sleep(fault.lasts_ms / 1000)
        await asyncio.to_thread(home.treat)

    async def _change_path(self, fault: Fault) -> None:
        await asyncio.to_thread(self._call.town.homes[fault.role].change_path)

    async def _kill(self, fault: Fault) -> None:
        async with self._service:
            await self._call.town.service.stop(signal.SIGKILL)
            await asyncio.sleep(fault.lasts_ms / 1000)
            await self._call.town.service.start()

    async def _reload(self, fault: Fault) -> None:
        async with self._hands[fault.role]:
            await self._load(self._tabs[fault.role][-1], fault.role)

    async def _open_second_tab(self, fault: Fault) -> None:
        role = fault.role
        async with self._hands[role]:
            tab = await open_another_tab(self._tabs[role][-1].page.context, scripts=self._call.town.scripts)
            self._witnesses[role].watch(tab)
            await self._load(tab, role)
            self._tabs[role].append(tab)
            person = Person(tab, self._call.lesson, role)
            while await tab.evaluate(STATE) not in {"error", "waiting", "connecting", "live"}:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_SECONDS)
            if await tab.evaluate(ASKS_TO_MOVE):
                await person.use_here()

    async def _hide(self, fault: Fault) -> None:
        tab = self._tabs[fault.role][-1]
        await self._show(tab, "true")
        await asyncio.sleep(fault.lasts_ms / 1000)
        await self._show(tab, "false")

    async def _show(self, tab: ChromiumTab, hidden: str) -> None:
        try:
            await tab.evaluate(f"{HIDE}({hidden})")
        except Error:  # the page is being loaded again, and a new one is visible
            return

    async def _load(self, tab: ChromiumTab, role: Role) -> None:
        """Open the link in *tab*, again and again until the page comes, as a person does."""
        while True:
            try:
                await tab.page.goto(self._call.lesson.link(role), timeout=LOAD_MS_MAX)
            except Error:
                await asyncio.sleep(LOOK_SECONDS)
            else:
                return
