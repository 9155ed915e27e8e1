"""Pages that count their media, pages that lie about it, and a lesson of two such pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

from tests.stories.lesson import make_session
from tests.stories.live import HandClock, Live, until
from tests.stories.page import ADDRESSES, Page

PING_MS: Final = 5_000
Lie = Literal["none", "frozen", "zero", "late", "omits"]


class CountingPage(Page):
    """A page with microphone and camera on. Its counters of received and confirmed media grow by themselves."""

    clock: HandClock
    lie: Lie = "none"
    late_ms = 0
    """With the lie `late`: how long the page delays each answer."""
    told: dict[str, int] | None = None
    """The counters that it sent last. A frozen page sends them again and again."""
    confirms = True
    """Whether its browser counts what the other browser confirms."""
    hears = True
    """Whether media arrives. If not, the receiver reports of the other browser stop as well."""
    across: CountingPage | None = None
    answered = 0
    grown = 0
    confirmed = 0

    def make_heartbeat(self, ping: dict[str, Any]) -> dict[str, Any]:
        """Make a heartbeat with true counters, or with a lie."""
        self.answered += 1
        self.grown += self.hears
        self.confirmed += bool(self.across and self.across.hears)
        true = {
            "audioPackets": 250 * self.grown,
            "videoFrames": 150 * self.grown,
            "bytes": 90_000 * self.grown,
        }
        if self.lie == "zero":
            true = dict.fromkeys(true, 0)
        if self.lie != "frozen" or self.told is None:
            self.told = true
        acks = {"acks": {"audio": self.confirmed, "video": 5 * self.confirmed}} if self.confirms else {}
        beat = {"type": "heartbeat", "audio": True, "video": True, "serverTime": ping["serverTime"]}
        media = {} if self.lie == "omits" else {"media": self.told}
        return {**beat, **media, **acks}

    async def answer_late(self) -> None:
        """Answer the pings that are old enough, with one frame for each."""
        due = [f for f in self.of_type("ping") if f["serverTime"] + self.late_ms <= self.clock.now_ms()]
        while self.answered < len(due):
            heartbeat = self.make_heartbeat(due[self.answered])
            await self.send(heartbeat.pop("type"), **heartbeat)


class Lesson:
    """A lesson of two pages whose clock the test moves. Its results are read through the public interface."""

    def __init__(self, live: Live, clock: HandClock, session_id: str) -> None:
        self.live, self.clock, self.id = live, clock, session_id
        self.student, self.tutor = (self._page(role) for role in ("student", "tutor"))
        self.student.across, self.tutor.across = self.tutor, self.student
        self.start_ms = clock.now_ms()
        self.chats = 0
        self._has_ended = False

    @property
    def seconds(self) -> int:
        """The seconds since its start."""
        return (self.clock.now_ms() - self.start_ms) // 1000

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._has_ended

    def page(self, role: str) -> CountingPage:
        """Return the page of *role*."""
        return self.student if role == "student" else self.tutor

    async def begin(self) -> None:
        """Let both join."""
        await self.student.join()
        await self.tutor.join()
        await self.student.expect("peer-joined")
        await self.settle()

    async def move_to(self, live: Live) -> None:
        """Go on at another process, after the one before was stopped."""
        self.live = live
        for page in (self.student, self.tutor):
            page.find_again(live.ws_url)
            await page.rejoin()
        await self.settle()

    async def run(self, seconds: int, each: Callable[[], Awaitable[None]] | None = None) -> None:
        """Let time pass, in steps of four seconds and one second. *each* is called after each step."""
        until_s = self.seconds + seconds
        while self.seconds < until_s and not self.is_over:
            for step_ms in (4_000, 1_000):
                if self.is_over:
                    return
                self.clock.advance(step_ms)
                if step_ms == 1_000:
                    await until(self._have_been_asked)
                for page in (self.student, self.tutor):
                    if page.lie == "late":
                        await page.answer_late()
                if each:
                    await each()
                await self.settle()

    async def leave_alone(self, role: str, seconds: int) -> None:
        """Let time pass second by second for one page, after the other one was closed."""
        page = self.page(role)
        for _ in range(seconds):
            self.clock.advance(1_000)
            await page.settle()
            await self._settle_backend()

    async def replace_page(self, role: str) -> CountingPage:
        """Open the link of *role* anew, after the page before was closed."""
        page = self._page(role)
        if role == "student":
            self.student = page
        else:
            self.tutor = page
        self.student.across, self.tutor.across = self.tutor, self.student
        await page.join()
        await self.settle()
        return page

    async def settle(self) -> None:
        """Wait until the service has taken all frames and acted on the deadlines that are due."""
        for page in (self.student, self.tutor):
            await page.settle()
        await self._settle_backend()

    async def _settle_backend(self) -> None:
        hub, sessions = self.live.context.hub, self.live.context.sessions
        hosted = hub._rooms[self.id]
        hub._tick(self.id, hosted)  # at least once for each step of the clock
        for _ in range(2):
            await until(lambda: hosted.outbox.is_idle)
            await sessions.act_on_due(self.id)
        self._has_ended = (await sessions.load(self.id)).ended is not None

    async def chat(self) -> None:
        """Let the student write a line."""
        self.chats += 1
        await self.student.send("chat", id=f"m-{self.chats}", text="Hola")

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the platform's events of one type, with times in seconds from the start."""
        events = (await self.live.get(f"/api/sessions/{self.id}/events"))["events"]
        return [
            event | {"at": (event["timestamp"] - self.start_ms) / 1000}
            for event in events
            if event["type"] == kind
        ]

    async def billed(self) -> int:
        """Return the bill in whole seconds."""
        return int((await self.live.get(f"/api/sessions/{self.id}"))["billableSeconds"])

    def _have_been_asked(self) -> bool:
        now_ms = self.clock.now_ms()
        return all(
            page.of_type("ping") and page.last("ping")["serverTime"] >= now_ms
            for page in (self.student, self.tutor)
        )

    def _page(self, role: str) -> CountingPage:
        page = CountingPage(self.live.ws_url, self.id, role, address=ADDRESSES[role], language="es")
        page.clock = self.clock
        return page


async def begin_lesson(live: Live, clock: HandClock, liar: str = "", lie: Lie = "none") -> Lesson:
    """Begin a lesson in which the page of *liar*, if given, lies. A `frozen` one starts at its second heartbeat."""
    made = await make_session(live)
    lesson = Lesson(live, clock, made["sessionId"])
    if liar and lie != "frozen":
        lesson.page(liar).lie = lie
        lesson.page(liar).answers_pings = lie != "late"
    await lesson.begin()
    return lesson
