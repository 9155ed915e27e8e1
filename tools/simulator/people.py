"""A person with a link, who opens pages, loses them, decides and leaves as the plan says."""

from __future__ import annotations

from dataclasses import dataclass, field

from langdao_video.session.roles import Role
from tools.simulator.media import Media
from tools.simulator.pages import Page
from tools.simulator.plan import Answers, Gone, Lies, SecondTab
from tools.simulator.sockets import SocketsEnd
from tools.simulator.world import Line, World

_LOOKS_AT_THE_BILL_MS = 2_000


@dataclass(slots=True)
class Person:
    """One person of a lesson."""

    role: Role
    world: World
    line: Line
    service: SocketsEnd
    media: Media
    session_start_ms: int
    answers: list[Answers]
    everyone: dict[str, Page]
    """Every page of the lesson, by its id."""
    pages: list[Page] = field(default_factory=list)
    think_ms: int = 1_500
    is_muted: bool = False
    lies: list[Lies] = field(default_factory=list)
    _storage: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page | None:
        """The page in use: the newest open one."""
        return next((page for page in reversed(self.pages) if page.is_open), None)

    @property
    def lie(self) -> Lies | None:
        """The lie that this person's page tells now, if any."""
        now_ms = self.world.now_ms
        return next((lie for lie in self.lies if lie.at_ms <= now_ms < lie.at_ms + lie.for_ms), None)

    def come(self) -> None:
        """Open the link."""
        if self.page is None:
            self._open()

    def go(self, how: str) -> None:
        """Close the page."""
        if self.page:
            self.page.close(how)

    def lose_page(self, gone: Gone) -> None:
        """Lose the page, and come back if the plan says so."""
        if self.page is None:
            return
        self.page.close(gone.how)
        if gone.forgets:
            self._storage = {}
        if gone.for_ms is not None:
            self.world.after(gone.for_ms, self.come)

    def open_second_tab(self, tab: SecondTab) -> None:
        """Open the link in another tab. When that tab gets the seat, the old one shows where the call went."""
        if self.page:
            self.think_ms = tab.think_ms
            self._storage = {}
            self._open()

    def freeze(self, for_ms: int) -> None:
        """Freeze the page for a while: nothing runs in it."""
        if self.page:
            self.page.freeze(self.world.now_ms + for_ms)

    def hide(self, for_ms: int) -> None:
        """Hide the page for a while, behind another tab."""
        if self.page:
            self.page.hide(self.world.now_ms + for_ms)

    def switch(self, *, on: bool) -> None:
        """Switch microphone and camera."""
        self.is_muted = not on
        for page in self.pages:
            if page.is_open:
                page.switch(on=on)

    def hear_online(self) -> None:
        """Take the browser's event that the network is back."""
        if self.page:
            self.page.reconnect()

    def press_end(self, stays_ms: int) -> None:
        """Press *end*, and close the page a little later."""
        if self.page:
            page = self.page
            page.press_end()
            self.world.after(stays_ms, lambda: page.close("goodbye") if page.is_open else None)

    def meet(self, page: Page, peer_id: str) -> None:
        """Connect to the peer's page, if it is still open."""
        self.media.meet(page, self.everyone[peer_id])

    def hear_warning(self) -> None:
        """Answer, if the plan has an answer left. Each answer in the plan is for one warning."""
        if self.answers and self.page:
            answer, page = self.answers.pop(0), self.page
            for turn in range(answer.times):
                self.world.after(answer.after_ms + 700 * turn, lambda: page.decide(answer.decision))

    def hear_end(self) -> None:
        """Look at the bill, and leave."""
        self.world.after(_LOOKS_AT_THE_BILL_MS, lambda: self.go("goodbye"))

    def _open(self) -> None:
        page_id = f"page-{self.world.random.getrandbits(48):012x}"
        self.pages.append(Page(self, page_id, self._storage))
        self.everyone[page_id] = self.pages[-1]
