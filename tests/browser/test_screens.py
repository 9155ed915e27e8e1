"""The screens at the end and during interruptions of a call: their text, their buttons, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from langdao_video.access.tokens import Tokens
from langdao_video.session.links import Link, make_link
from tests.browser.cable import Cable
from tests.browser.chromium import launch_chromium
from tests.browser.frozen import frozen
from tests.browser.lesson import ADDRESSES, Lesson, now_ms
from tests.browser.people import Person, wait_for_more_of_both
from tests.browser.stage import NOTE_COPIED
from tests.browser.tab import TEST_SCRIPTS, open_chromium_tab, wait_until
from tests.stories.forked import ForkedService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from langdao_video.session.roles import Role
    from tests.browser.conftest import People
    from tests.browser.server import Service
    from tests.browser.tab import ChromiumTab

DAY_MS: Final = 24 * 3_600_000
KEY: Final = "k" * 64
OTHER_ADDRESS: Final = "0x52908400098527886E0F7030069857D2E4169EE7"
OWN_PICTURE_PLAYS: Final = "document.querySelector('[data-part=own-video]')?.paused === false"
CLIPBOARD: Final = ("clipboard-read", "clipboard-write", "camera", "microphone")
"""The permissions to grant. Granting takes away all others, so the list names camera and microphone, too."""
FOCUSED: Final = "document.activeElement?.tagName"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Run the service as in production, where links have tokens."""
    env = {"LINK_KEYS": KEY, "API_KEYS": "a" * 64}
    async with ForkedService(tmp_path_factory.mktemp("strict-screens"), env) as service:
        yield service


def sign(service: Service, role: Role, room: str, *, made_ms: int | None = None) -> str:
    """Make a platform's signed link for *role*."""
    start_ms = now_ms()
    link = Link(room, role, ADDRESSES[role], "es", start_ms)
    token = Tokens((KEY,)).make_link_token(link, start_ms if made_ms is None else made_ms)
    return f"{make_link(service.url, link)}&lobby=off#token={token}"


async def part_of(person: Person) -> str:
    """Return the name of the screen in place of the call."""
    name: str = await wait_until(person.tab, "document.querySelector('.interlude')?.dataset.part")
    return name


async def shown(person: Person, part: str) -> str:
    """Wait for a part of the screen and return its text."""
    text: str = await wait_until(person.tab, f"document.querySelector('[data-part={part}]')?.innerText")
    return text


async def copy(person: Person, part: str) -> str:
    """Press a copy button, and return the text on the clipboard."""
    tab = chromium_of(person)
    await tab.page.context.grant_permissions(CLIPBOARD)
    await tab.evaluate(NOTE_COPIED)
    await tab.page.locator(f"[data-part={part}]").click()
    await wait_until(tab, "window.wasCopied")
    text: str = await tab.evaluate("navigator.clipboard.readText()")
    return text


def chromium_of(person: Person) -> ChromiumTab:
    """Return the tab of a person with Chromium."""
    return person.tab  # type: ignore[return-value]


OPEN_DETAILS: Final = "document.querySelector('[data-part=details] summary').click() ?? true"
DETAILS: Final = "document.querySelector('[data-part=details]').innerText"


class TestWaiting:
    @pytest.mark.requirement("R3")
    async def test_in_development_the_student_may_copy_a_link_with_which_the_tutor_comes_in(
        self, people: People, lesson: Lesson
    ) -> None:
        student = await people.bring("student", lesson)
        await student.enter()
        await student.wait_for_state("waiting")

        link = await copy(student, "copy-tutor")
        tutor = Person(await people.open_tab(), lesson, "tutor")
        await tutor.tab.open(f"{link}&lobby=off")

        for person in (student, tutor):
            await person.wait_for_state("live")
        assert parse_qs(urlsplit(link).query)["sessionStart"] == [str(lesson.start_ms)]

    @pytest.mark.requirement("R3", "R8", "R10")
    async def test_a_tutor_who_waits_has_one_clock_and_no_link_to_give_away(
        self, people: People, lesson: Lesson
    ) -> None:
        tutor = await people.bring("tutor", lesson)

        await tutor.enter()

        await wait_until(tutor.tab, "document.querySelector('[data-part=waiting]')")
        assert await tutor.tab.evaluate("document.querySelector('[data-part^=copy]')") is None
        await wait_until(tutor.tab, "document.body.innerText.match(/[0-9]+:[0-9]{2}/g).length === 1")
        await wait_until(tutor.tab, "document.querySelector('[data-part=details]').open === false")

    async def test_after_the_other_has_left_the_page_does_not_say_that_they_never_came(
        self, people: People, lesson: Lesson
    ) -> None:
        student, tutor = await people.meet(lesson)
        await wait_until(tutor.tab, OPEN_DETAILS)
        await wait_until(tutor.tab, f"!{DETAILS}.includes('Not here yet')")
        await wait_until(tutor.tab, "document.querySelector('.bill-state.runs')")

        await student.tab.close()

        await tutor.wait_for_state("waiting")
        await wait_until(tutor.tab, f"{DETAILS}.includes('has left')")
        await tutor.tab.reload()  # the reloaded page has not seen them
        await tutor.wait_for_state("waiting")
        await wait_until(tutor.tab, OPEN_DETAILS)
        await wait_until(tutor.tab, f"{DETAILS}.includes('has left')")

    @pytest.mark.requirement("R3")
    async def test_in_production_the_only_link_to_copy_is_one_s_own_and_it_opens_one_s_own_seat(
        self, people: People, strict: Service, lesson: Lesson
    ) -> None:
        own = sign(strict, "student", lesson.room)
        student = Person(await people.open_tab(), lesson, "student")
        await student.tab.open(own)
        await student.wait_for_state("waiting")

        link = await copy(student, "copy-own")
        phone = Person(await people.open_tab(), lesson, "student")
        await phone.tab.open(link)

        assert link == own
        assert await student.tab.evaluate("document.querySelector('[data-part=copy-tutor]')") is None
        assert await part_of(phone) == "elsewhere"


class TestSomeoneIsOutOfReach:
    @pytest.mark.requirement("R14", "R20", "R39")
    async def test_the_picture_stays_then_comes_the_question_and_escape_does_not_answer_it(
        self, people: People, lesson: Lesson
    ) -> None:
        async with launch_chromium() as laptop:
            student = await people.bring("student", lesson)
            tutor = Person(await open_chromium_tab(laptop, scripts=TEST_SCRIPTS), lesson, "tutor")
            await student.enter()
            await student.wait_for_state("waiting")
            await tutor.enter()
            await student.wait_for_picture()

            async with frozen(laptop):
                await student.wait_for_state("reconnecting")
                await wait_until(
                    student.tab,
                    "document.querySelector('[data-stage=reconnecting] [data-part=reconnecting] p')",
                )
                during = await self.look_at_the_picture(student)
                await student.wait_for_question()
                for _ in range(3):
                    await chromium_of(student).page.keyboard.press("Escape")
                await student.wait_for_question()
                focused = await student.tab.evaluate("document.activeElement.innerText")
                ring = float(
                    await student.tab.evaluate(
                        "document.querySelector('[data-part=grace-ring]').dataset.left"
                    )
                )
                decisions = await self.decisions_of(student)

            assert during["hasPicture"]
            assert during["isDimmed"]
            assert "Interrupted for" in during["text"]
            assert "billed" in during["text"] or "Billing is paused" in during["text"]
            assert (focused, decisions) == ("Wait", 0)
            assert 0 < ring <= 1

    async def look_at_the_picture(self, student: Person) -> dict[str, Any]:
        seen: dict[str, Any] = await student.tab.evaluate(
            """(() => {
                const video = document.querySelector("[data-part=remote-video]");
                return {
                    text: document.querySelector("[data-part=reconnecting]").innerText,
                    hasPicture: video.readyState >= 2 && video.videoWidth > 0,
                    isDimmed: getComputedStyle(video).filter.includes("brightness"),
                };
            })()"""
        )
        return seen

    async def decisions_of(self, student: Person) -> int:
        count: int = await student.tab.evaluate(
            """__probe.frames.filter(({ direction, type }) => direction === "sent" && type === "grace-decision")
                .length"""
        )
        return count


class TestTheEnd:
    @pytest.mark.requirement("R43")
    async def test_says_what_was_billed_and_what_was_free_and_leads_to_the_statement(
        self, people: People, lesson: Lesson
    ) -> None:
        student, tutor = await people.meet(lesson)
        await tutor.tab.reload()
        await tutor.wait_for_picture()
        await student.wait_for_frame("bill", count=3)

        await student.end_call()

        for person in (student, tutor):
            await person.wait_for_state("ended")
            assert await part_of(person) == "summary"
            assert await person.headline() == "The lesson has ended"
        [end] = await student.frames("session-ended")
        for part, seconds in {
            "total-time": end["totalSeconds"],
            "billed-time": end["billableSeconds"],
            "free-time": end["totalSeconds"] - end["billableSeconds"],
        }.items():
            assert await shown(student, part) == f"{seconds // 60:02}:{seconds % 60:02}"
        assert await shown(student, "final-cost") == f"${end['cost']['minor'] / 100:.2f}"
        await wait_until(student.tab, f"({FOCUSED}) === 'H1'")
        await student.tab.open(await student.tab.evaluate("document.querySelector('.interlude a').href"))
        await student.wait_for_text(lesson.room)

    async def test_counts_the_pauses(self, people: People, lesson: Lesson) -> None:
        student, tutor = await people.meet(lesson)
        await tutor.tab.close()
        await student.wait_for_question()
        again = await people.bring("tutor", lesson)
        await again.enter()
        for person in (student, again):
            await person.wait_for_state("live")
            await person.wait_for_picture()
        await wait_until(
            student.tab,
            """__probe.frames.filter(({ type }) => type === "bill").map(({ text }) => JSON.parse(text)).at(-1)
                .running""",
        )

        await student.end_call()
        await student.wait_for_state("ended")

        assert await shown(student, "pauses") == "1"


class TestNoCallHere:
    async def test_an_expired_link_says_so_and_how_to_get_a_new_one(
        self, people: People, strict: Service, lesson: Lesson
    ) -> None:
        student = Person(await people.open_tab(), lesson, "student")

        await student.tab.open(sign(strict, "student", lesson.room, made_ms=now_ms() - DAY_MS - 60_000))

        await student.wait_for_advice()
        assert await student.headline() == "This link has expired"
        details = await copy(student, "copy-details")
        assert "link-expired" in details
        assert lesson.room in details
        assert "token" not in details

    @pytest.mark.parametrize(
        ("change", "headline"),
        [
            (lambda link: link.partition("#")[0], "The link is not complete"),
            (lambda link: link[:-9] + "AAAAAAAAA", "This link is not valid"),
        ],
        ids=["without its token", "with a token nobody signed"],
    )
    async def test_a_link_that_was_changed_says_what_is_wrong_with_it(
        self, people: People, strict: Service, lesson: Lesson, change: Callable[[str], str], headline: str
    ) -> None:
        student = Person(await people.open_tab(), lesson, "student")

        await student.tab.open(change(sign(strict, "student", lesson.room)))

        await student.wait_for_advice()
        assert await student.headline() == headline

    @pytest.mark.requirement("R16")
    async def test_a_third_person_learns_that_the_seat_is_someone_else_s(
        self, people: People, lesson: Lesson
    ) -> None:
        await people.meet(lesson)
        third = await people.bring("tutor", lesson)

        await third.enter(address=OTHER_ADDRESS)

        await third.wait_for_advice()
        assert await third.headline() == "This seat is someone else’s"

    async def test_a_call_that_moved_can_be_fetched_back_with_its_picture(
        self, people: People, lesson: Lesson
    ) -> None:
        student, tutor = await people.meet(lesson)
        second = Person(await people.open_tab(), lesson, "tutor")
        await second.enter()
        assert await part_of(second) == "elsewhere"
        await second.use_here()
        await second.wait_for_state("live")

        assert await part_of(tutor) == "moved"
        await tutor.use_here()

        assert await part_of(second) == "moved"
        for person in (student, tutor):
            await person.wait_for_state("live")
        await wait_for_more_of_both(student, tutor)
        await wait_until(tutor.tab, OWN_PICTURE_PLAYS)

    async def test_who_comes_after_the_end_gets_the_bill(self, people: People, lesson: Lesson) -> None:
        student, _ = await people.meet(lesson)
        await student.end_call()
        await student.wait_for_state("ended")

        late = await people.bring("tutor", lesson)
        await late.enter()

        assert await part_of(late) == "summary"
        assert await shown(late, "final-cost") == await shown(student, "final-cost")

    async def test_a_page_that_sends_too_much_is_told_so_and_comes_back_with_a_reload(
        self, people: People, lesson: Lesson
    ) -> None:
        student = await people.bring("student", lesson)
        await student.enter()
        await student.wait_for_state("waiting")

        await student.tab.evaluate(
            """(() => { const socket = __probe.sockets.at(-1);
                const frame = '{"type":"user-status","audio":true,"video":true}';
                for (let i = 0; i < 2500; i += 1) socket.send(frame); })()"""
        )

        await student.wait_for_advice()
        assert await student.headline() == "The page sent too much at once"
        await student.tab.press("Reload the page")
        await student.wait_for_state("waiting")

    @pytest.mark.requirement("R20")
    async def test_a_service_that_was_never_reached_is_tried_until_it_is(
        self, people: People, service: Service, lesson: Lesson
    ) -> None:
        async with Cable(service.port) as cable:
            cable.pull()
            student = await people.bring("student", Lesson(cable.url, room=lesson.room))
            await student.enter()
            assert await part_of(student) == "unreachable"
            await student.wait_for_text("The service cannot be reached")

            cable.plug_in()
            # Unless the page has already tried by itself.
            await student.tab.evaluate(
                "document.querySelector('[data-part=unreachable] main button')?.click()"
            )
            await student.wait_for_state("waiting")

            await wait_until(student.tab, OWN_PICTURE_PLAYS)
