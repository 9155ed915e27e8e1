"""What all tests share: the order of the tests, their processes, and the rule that a skip is a failure in CI."""

from __future__ import annotations

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Other programs use the machine, too, so the time of an example says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

BROWSERS: Final = "tests/browser/"
SINGLE_PAGES: Final = (
    "accessibility",
    "languages",
    "lobby",
    "lobby_devices",
    "lobby_refusals",
    "preferences",
    "problems",
)
"""Files whose tests mostly open one page. They may run beside a call, like all tests without a browser."""

LONG: Final = (
    "tests/stories/test_kill.py",
    "tests/stories/test_apart.py",
    "tests/stories/test_stall.py",
    "tests/stories/test_logs.py",
    "tests/simulator/test_run.py",
    "tests/test_packaging.py",
    "tests/test_docs_samples.py",
)
"""These begin first: if a test of twenty seconds began last, the other process would have nothing to do."""

_SKIPPED: Final = pytest.StashKey[list[pytest.CollectReport | pytest.TestReport]]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the list of skips."""
    config.stash[_SKIPPED] = []
    config.pluginmanager.register(_SkipCollector(config), "langdao-skips")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first. All others keep their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


class _CallsOneAtATime(LoadScopeScheduling):  # type: ignore[misc]
    """Give all tests with calls to one process, those of single pages to one, and each other test to any process."""

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(BROWSERS):
            return nodeid
        name = nodeid.removeprefix(f"{BROWSERS}test_").split(".py", 1)[0]
        return f"{BROWSERS}single-pages" if name in SINGLE_PAGES else BROWSERS


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Distribute the tests among the processes of `make test`."""
    return _CallsOneAtATime(config, log)


class _SkipCollector:
    """Note each skip of a test or a whole file. An expected failure (xfail) is not a skip."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._config.stash[_SKIPPED].append(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._config.stash[_SKIPPED].append(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make a green run with skips fail, in CI only (CI=true)."""
    skips_fail = os.environ.get("CI") == "true"
    if skips_fail and session.config.stash[_SKIPPED] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print which tests did not run, and why."""
    skipped = config.stash[_SKIPPED]
    if skipped and os.environ.get("CI") == "true":
        terminalreporter.section("skipped, and in CI a skip is a failure", red=True)
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            terminalreporter.write_line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
