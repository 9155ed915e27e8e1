"""What every test shares: in CI a test that cannot run has failed, and says why it did not."""

from __future__ import annotations

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# The machine is shared: how long an example takes says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

BROWSERS: Final = "tests/browser/"
LOOKS: Final = (
    "accessibility",
    "languages",
    "lobby",
    "lobby_devices",
    "lobby_refusals",
    "preferences",
    "problems",
)
"""The files in which mostly one page is looked at: they may run beside a call, as every other test does."""

LONG: Final = (
    "tests/stories/test_kill.py",
    "tests/stories/test_stall.py",
    "tests/stories/test_logs.py",
    "tests/simulator/test_run.py",
    "tests/test_packaging.py",
    "tests/test_docs_samples.py",
)
"""They begin first: a test of twenty seconds that begins last leaves one process alone with it."""

_SKIPPED: Final = pytest.StashKey[list[pytest.CollectReport | pytest.TestReport]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the skips."""
    config.stash[_SKIPPED] = []
    config.pluginmanager.register(_SkipCollector(config), "langdao-skips")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first; all others stay in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


class _CallsOneAtATime(LoadScopeScheduling):  # type: ignore[misc]
    """All tests with calls go to one process, those that look at pages to one, each other test to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(BROWSERS):
            return nodeid
        name = nodeid.removeprefix(f"{BROWSERS}test_").split(".py", 1)[0]
        return f"{BROWSERS}looks" if name in LOOKS else BROWSERS


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Share the tests out among the processes of `make test`."""
    return _CallsOneAtATime(config, log)


class _SkipCollector:
    """Note every skip, of a test or of a whole file; an expected failure (xfail) is not one."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._config.stash[_SKIPPED].append(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._config.stash[_SKIPPED].append(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green run with skips into a failed one, in CI only (CI=true)."""
    skips_fail = os.environ.get("CI") == "true"
    if skips_fail and session.config.stash[_SKIPPED] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what did not run, and why."""
    skipped = config.stash[_SKIPPED]
    if skipped and os.environ.get("CI") == "true":
        terminalreporter.section("skipped, and in CI a skip is a failure", red=True)
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            terminalreporter.write_line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
