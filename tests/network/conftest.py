"""Fixtures for the tests of networks: one town for all of them, whole again before each test."""

from __future__ import annotations

from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.network.town import Town, running_town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests on one event loop, because the browsers use it from the first test to the last."""
    for item in items:
        if HERE in item.path.parents and iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the ends of the logs to a failure."""
    report = yield
    town = getattr(item, "funcargs", {}).get("town")
    if report.failed and isinstance(town, Town):
        report.sections += [
            ("log of the service", town.service.read_log()),
            ("log of the relay", town.read_relay_log()),
        ]
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def standing_town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with running_town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def town(standing_town: Town) -> Town:
    """Return the town with whole lines."""
    standing_town.repair()
    return standing_town
