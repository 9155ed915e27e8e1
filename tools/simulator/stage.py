"""Sets up a lesson from its plan: the people, their networks, the service, and the time of each trouble."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any, Final, Protocol

from langdao_video.billing.quota import Cap
from langdao_video.billing.service import Listener, SessionService
from langdao_video.errors import LangDAOError
from langdao_video.session.roles import ROLES, Role
from tools.simulator import plan as plans
from tools.simulator.books import SAVED_MS_MAX, Books
from tools.simulator.intervals import Intervals, union
from tools.simulator.machine import EPOCH_MS, Machine
from tools.simulator.media import Media
from tools.simulator.oracle import PageTruth, Truth
from tools.simulator.outbox import SimulatedOutbox
from tools.simulator.pages import Page
from tools.simulator.people import Person
from tools.simulator.plan import concerns, lasts
from tools.simulator.service import SESSION, SimulatedService, create_session
from tools.simulator.sockets import SocketsEnd
from tools.simulator.world import Line, Way, World, finish

_EVERYBODY_GOES_MS: Final = 60_000
_LIE_FROM_MS: Final = 10_000
_LIE_TO_MS: Final = 60_000
"""How far the effect of a lie reaches: back to the newest proof, and forward to the end of the question it causes."""


class Served(SocketsEnd, Protocol):
    """A service that can be started, and that can die."""

    @property
    def books(self) -> Books:
        """Its store."""
        ...

    @property
    def sessions(self) -> SessionService:
        """What makes the session, and what a platform asks."""
        ...

    @property
    def is_up(self) -> bool:
        """Whether a process runs."""
        ...

    @property
    def downs(self) -> Intervals:
        """When none ran."""
        ...

    @property
    def faults(self) -> Sequence[str]:
        """What it wrongly refused."""
        ...

    def start(self) -> None:
        """Start."""
        ...

    def kill(self, down_ms: int) -> None:
        """Let a process die, and start the next one after *down_ms*."""
        ...


class Stage:
    """One lesson of our own call service, ready to run."""

    def __init__(self, plan: plans.Plan) -> None:
        self.plan = plan
        self.world = World(Random(plan.seed))  # noqa: S311 - chance that can be had again is the point
        self.machine = Machine(self.world)
        self.listeners: list[Listener] = []
        """What the service's processes tell of each change, besides its rooms."""
        self.outbox: SimulatedOutbox | None = None
        self.service = self._make_service()
        self.ledger = self.service.books
        self._next_crash = plans.Crash(at_ms=0, for_ms=1_000, point="idle", moves=False, wall_step_ms=0)
        self.world.on_killed = lambda: self._crash(self._next_crash)
        self.media = Media(
            self.world,
            cuts={role: self._media_cuts(role) for role in ROLES},
            mutes={
                role: union(lasts(t) for t in self.plan.all(plans.Mutes) if t.who == role) for role in ROLES
            },
            is_possible=plan.has_media,
        )
        everyone: dict[str, Page] = {}
        self.people = {role: self._make_person(role, everyone) for role in ROLES}

    def _make_service(self) -> Served:
        service = SimulatedService(self.world, self.machine, self.plan.tick_ms, self.listeners)
        if self.plan.receivers:
            self.outbox = service.outbox = SimulatedOutbox(self.world, self.machine, service.books, self.plan)
        return service

    def set_up(self) -> None:
        """Start the service, make the session, and plan everything that happens."""
        plan, at = self.plan, self.world.at
        if self.outbox is not None:
            self.outbox.set_up()
        self.service.start()
        create_session(self.service.sessions, EPOCH_MS, plan.cap_seconds)
        for role, comes_ms in plan.comes_ms.items():
            if comes_ms is not None:
                at(comes_ms, self.people[role].come)
        for trouble in plan.troubles:
            self._plan_trouble(trouble)
        for role, mutes in self.media.mutes.items():
            for start_ms, end_ms in mutes:
                at(start_ms, partial(self.people[role].switch, on=False))
                at(end_ms, partial(self.people[role].switch, on=True))
        for role, person in self.people.items():
            if plan.ended_by is None:
                at(plan.ends_ms, partial(person.go, "goodbye"))
            elif concerns(plan.ended_by, role):
                at(plan.ends_ms, partial(person.press_end, plan.stays_ms))
            at(plan.ends_ms + _EVERYBODY_GOES_MS, partial(person.go, "goodbye"))

    def delay_ms(self) -> int:
        """Return by how many ms the network raises the allowed cost of a drop.

        A ping and its answer each take at most twice the latency.
        """
        return 4 * max(self.plan.latency_ms.values())

    def truth(self) -> Truth:
        """Return the truth up to now."""
        return Truth(
            pages={
                role: [self._truth_of(page) for page in person.pages] for role, person in self.people.items()
            },
            cuts={role: person.line.is_cut() for role, person in self.people.items()},
            stalls={role: person.line.is_stalled() for role, person in self.people.items()},
            downs=union(self.service.downs),
            unsaved=union(
                ((start_ms - SAVED_MS_MAX, start_ms) for start_ms, _ in self.service.downs),
                ((t.at_ms - SAVED_MS_MAX, t.at_ms + t.for_ms) for t in self.plan.all(plans.StoreFails)),
            ),
        )

    def faults(self) -> list[str]:
        """Return what the service wrongly refused."""
        return [*self.service.faults]

    def _truth_of(self, page: Page) -> PageTruth:
        now_ms = self.world.now_ms
        return PageTruth(
            is_open=[(page.opened_ms, now_ms if page.closed_ms is None else page.closed_ms)],
            linked=union(page.links(now_ms)),
            frozen=page.frozen,
            arrived=union(self.media.arrived(page, now_ms)),
            starved=union(self.media.starved(page, now_ms)),
            hungry=self.media.hungry(page, now_ms),
            lied=union(self._lied(page.role)),
        )

    def _lied(self, role: Role) -> Intervals:
        """Return when a page of *role* lied, and the questions that followed: it caused the loss itself."""
        return [
            (t.at_ms - _LIE_FROM_MS, t.at_ms + t.for_ms + _LIE_TO_MS)
            for t in self.plan.all(plans.Lies)
            if t.who == role
        ]

    # ── People and media ─────────────────────────────────────────────────────────────────────────

    def _media_cuts(self, role: Role) -> Intervals:
        """Return when no media can arrive at *role*: either side's network is cut, or only the media is."""
        partitions = [lasts(t) for t in self.plan.all(plans.Partition) if t.cuts_media]
        return union(partitions, (lasts(t) for t in self.plan.all(plans.MediaStops) if concerns(t.who, role)))

    def _make_person(self, role: Role, everyone: dict[str, Page]) -> Person:
        cuts: dict[Way, Intervals] = {
            way: union(
                lasts(t)
                for t in self.plan.all(plans.Partition)
                if concerns(t.who, role) and t.way in {way, "both"}
            )
            for way in ("up", "down")
        }
        return Person(
            role=role,
            world=self.world,
            line=Line(self.world, self.plan.latency_ms[role], cuts),
            service=self.service,
            media=self.media,
            session_start_ms=EPOCH_MS,
            answers=[t for t in self.plan.all(plans.Answers) if t.who == role],
            everyone=everyone,
            lies=[t for t in self.plan.all(plans.Lies) if t.who == role],
        )

    # ── What goes wrong ──────────────────────────────────────────────────────────────────────────

    def _plan_trouble(self, trouble: plans.Trouble) -> None:
        at, people = self.world.at, self.people
        match trouble:
            case plans.Partition(tells_page=True):
                self._for_each(trouble.who, trouble.at_ms + trouble.for_ms, Person.hear_online)
            case plans.Gone():
                self._for_each(trouble.who, trouble.at_ms, lambda person: person.lose_page(trouble))
            case plans.SecondTab():
                at(trouble.at_ms, lambda: people[trouble.who].open_second_tab(trouble))
            case plans.Frozen():
                at(trouble.at_ms, lambda: people[trouble.who].freeze(trouble.for_ms))
            case plans.Hidden():
                at(trouble.at_ms, lambda: people[trouble.who].hide(trouble.for_ms))
            case plans.Crash() | plans.StoreFails():
                self._plan_failure(trouble)
            case plans.Slew():
                at(trouble.at_ms, lambda: self.machine.slew(trouble.ppm))
            case plans.CapChanges():
                cap = Cap(seconds=trouble.seconds)
                at(trouble.at_ms, lambda: self._ask(lambda sessions: sessions.change_cap(SESSION, cap)))
            case plans.Answers(who="platform"):
                self._plan_answer(trouble)
            case _:  # the networks or the people handle it, or it belongs to another mode
                pass

    def _plan_failure(self, trouble: plans.Crash | plans.StoreFails) -> None:
        at, books = self.world.at, self.service.books
        if isinstance(trouble, plans.StoreFails):
            at(trouble.at_ms, lambda: books.fail("after-commit" if trouble.commits else "before-commit"))
            at(trouble.at_ms + trouble.for_ms, lambda: books.fail(None))
        elif trouble.point == "idle":
            at(trouble.at_ms, lambda: self._crash(trouble))
        else:
            at(trouble.at_ms, lambda: self._crash_at_next_append(trouble))

    def _crash_at_next_append(self, trouble: plans.Crash) -> None:
        self._next_crash = trouble
        if trouble.point != "idle":
            self.service.books.kills = trouble.point

    def _crash(self, trouble: plans.Crash) -> None:
        if self.service.is_up:
            # Machines must agree on the time (docs/decisions/0007), so a wrong machine does not move to a right one.
            if trouble.moves and not self.machine.is_off():
                self.machine.move()
            self.service.kill(trouble.for_ms)
            self.machine.step(trouble.wall_step_ms)

    def _plan_answer(self, trouble: plans.Answers) -> None:
        for turn in range(trouble.times):
            self.world.at(
                trouble.at_ms + 700 * turn,
                lambda: self._ask(
                    lambda sessions: sessions.decide_grace(SESSION, trouble.decision, "platform")
                ),
            )

    def _for_each(self, who: str, at_ms: int, do: Callable[[Person], object]) -> None:
        for role, person in self.people.items():
            if concerns(who, role):
                self.world.at(at_ms, partial(do, person))

    def _ask(self, make: Callable[[SessionService], Coroutine[Any, Any, object]]) -> None:
        """Make a request as a platform does. A refusal is a valid answer."""
        if self.service.is_up:
            with suppress(LangDAOError):
                finish(make(self.service.sessions))
