"""Fixtures for all tests here: Chromium's headless shell and the whole Chromium, Firefox, a service and its backend."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.browser.bidi import Bidi
from tests.browser.chromium import launch_chromium
from tests.browser.firefox import launch_firefox
from tests.browser.lesson import Lesson
from tests.browser.people import Person
from tests.browser.server import Service
from tests.browser.standing import StandingCall
from tests.browser.tab import (
    HEARING,
    HEIGHT,
    LOCALE,
    STEADY_LINE,
    WIDTH,
    open_chromium_tab,
    open_firefox_tab,
)
from tests.browser.tabs import Tabs
from tests.recorder import Recorder
from tests.stories.forked import ForkedService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from playwright.async_api import Browser, Page

    from langdao_video.session.roles import Role
    from tests.browser.standing import Pair
    from tests.browser.tab import ChromiumTab, FirefoxTab, Tab

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests on one event loop, because the browsers use it from the first test to the last."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the end of the service's log and of the pages' consoles to a failure."""
    report = yield
    if report.failed and HERE in item.path.parents:
        item.stash[FAILED] = True
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Service):
                report.sections.append(("log of the service", value.read_log()))
            if isinstance(value, People):
                report.sections += [("console of a page", "\n".join(tab.console[-40:])) for tab in value.tabs]
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with launch_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_chromium() -> AsyncIterator[Browser]:
    async with launch_chromium(whole=True) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firefox(standing: StandingCall) -> AsyncIterator[Bidi]:
    async with launch_firefox() as bidi:
        yield bidi
        await standing.end()  # while its tabs can still be closed


@pytest.fixture(scope="session")
def backend() -> Iterator[Recorder]:
    """Run the recorder to which BACKEND_URL points."""
    with Recorder() as recorder:
        yield recorder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory, backend: Recorder) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    async with ForkedService(folder, {"BACKEND_URL": backend.url}) as running:
        yield running


@pytest.fixture
def lesson(service: Service) -> Lesson:
    return Lesson(service.url)


class People:
    """Opens tabs for people, and closes them when the test is over."""

    def __init__(self, chromium: Browser, tabs: Tabs, stack: AsyncExitStack) -> None:
        self.tabs: list[Tab] = []
        self._chromium = chromium
        self._lent = tabs
        self._stack = stack
        self._borrowed: list[ChromiumTab] = []

    async def bring(
        self,
        role: Role,
        lesson: Lesson,
        browser: Browser | Bidi | None = None,
        *,
        scripts: tuple[str, ...] = (),
    ) -> Person:
        """Give a person a tab of their own. They have not opened the link yet."""
        if isinstance(browser, Bidi):
            return Person(await self.open_firefox_tab(browser, scripts=scripts), lesson, role)
        return Person(await self.open_tab(scripts=scripts), lesson, role)

    async def open_tab(
        self,
        *,
        scripts: tuple[str, ...] = (),
        width: int = WIDTH,
        locale: str = LOCALE,
        real_media: bool = False,
    ) -> ChromiumTab:
        """Open a tab of Chromium with the language *locale*, in a profile of its own."""
        if real_media:
            tab = await open_chromium_tab(
                self._chromium, scripts=(HEARING, STEADY_LINE, *scripts), width=width, locale=locale
            )
            self._stack.push_async_callback(tab.page.context.close)
        else:
            tab = await self._lent.lend(*scripts, locale=locale)
            if width != WIDTH:
                await tab.page.set_viewport_size({"width": width, "height": HEIGHT})
            if not self._borrowed:
                self._stack.push_async_callback(self._give_back)
            self._borrowed.append(tab)
        self.tabs.append(tab)
        return tab

    async def take_back(self, page: Page) -> None:
        """Let a person leave *page*, whose tab another person may get then."""
        tab = next(each for each in self._borrowed if each.page is page)
        self._borrowed.remove(tab)
        await self._lent.take_back(tab)

    async def _give_back(self) -> None:
        """Give back all borrowed tabs at once: a page that is left last would notice that the others went."""
        borrowed, self._borrowed = self._borrowed, []
        await asyncio.gather(*(self._lent.take_back(tab) for tab in borrowed))

    async def open_firefox_tab(self, firefox: Bidi, *, scripts: tuple[str, ...] = ()) -> FirefoxTab:
        """Open a tab of Firefox with storage of its own."""
        tab = await open_firefox_tab(firefox, scripts=scripts)
        self._stack.push_async_callback(tab.close)
        self.tabs.append(tab)
        return tab

    async def meet(
        self, lesson: Lesson, tutors_browser: Browser | Bidi | None = None
    ) -> tuple[Person, Person]:
        """Bring the student, then the tutor, into a live call in which each sees and hears the other."""
        student, tutor = (
            await self.bring("student", lesson),
            await self.bring("tutor", lesson, tutors_browser),
        )
        await student.enter()
        await student.wait_for_state("waiting")
        await tutor.enter()
        for person in (student, tutor):
            await person.wait_for_picture()
            await person.wait_for_state("live")
        return student, tutor


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tabs(chromium: Browser, service: Service) -> AsyncIterator[Tabs]:
    kept = Tabs(chromium, service.url)
    yield kept
    await kept.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def standing(chromium: Browser, tabs: Tabs, service: Service) -> AsyncIterator[StandingCall]:
    call = StandingCall(lambda stack: People(chromium, tabs, stack), service.url)
    yield call
    await call.end()


@pytest_asyncio.fixture(loop_scope="session")
async def standing_call(request: pytest.FixtureRequest, standing: StandingCall) -> AsyncIterator[Pair]:
    """Lend a test the call of the tests before it, with the browser of `tutors_browser` if it names one."""
    has_choice = "tutors_browser" in request.fixturenames
    yield await standing.lend(request.getfixturevalue("tutors_browser") if has_choice else None)
    if FAILED in request.node.stash:
        await standing.end()


@pytest_asyncio.fixture(loop_scope="session")
async def people(chromium: Browser, tabs: Tabs, standing: StandingCall) -> AsyncIterator[People]:
    await standing.end()  # nobody is to pay for two calls
    async with AsyncExitStack() as stack:
        yield People(chromium, tabs, stack)


@pytest_asyncio.fixture(loop_scope="session")
async def whole_people(
    whole_chromium: Browser, service: Service, standing: StandingCall
) -> AsyncIterator[People]:
    """Yield people with the browser that people use, where its headless shell would not do."""
    await standing.end()
    tabs = Tabs(whole_chromium, service.url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(tabs.close)
        yield People(whole_chromium, tabs, stack)


@pytest.fixture(params=["chromium", "firefox"])
def tutors_browser(request: pytest.FixtureRequest) -> Browser | Bidi:
    """Run a test twice: the tutor uses Chromium, then Firefox."""
    browser: Browser | Bidi = request.getfixturevalue(request.param)
    return browser
