"""What all tests share: the order of the tests, their processes, and the rule that a skip is a failure in CI."""

from __future__ import annotations

import gc
import os
from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Other programs use the machine, too, so the time of an example says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

BROWSERS: Final = "tests/browser/"
NETWORKS: Final = "tests/network/"
"""Their calls are in other browsers, which may not run beside those of BROWSERS either."""
BESIDE_CALLS: Final = (
    "accessibility",
    "captions",
    "chat",
    "deliveries_page",
    "demo",
    "embedding",
    "foreign_backend",
    "keyboard",
    "languages",
    "layouts",
    "lobby",
    "lobby_devices",
    "lobby_refusals",
    "notes",
    "odd_text",
    "old_browsers",
    "parent_page",
    "platform_look",
    "preferences",
    "problems",
    "shortcuts",
    "statement_page",
    "vocabulary",
)
"""Files that mostly open one page, or in whose calls no test counts frames or seconds. They may run beside a call, like
all tests without a browser."""

CALLS: Final = f"{BROWSERS}calls"
PAGES: Final = f"{BROWSERS}pages"

WAITING: Final = {
    "tests/waits": (
        "tests/stories/test_apart.py",
        "tests/stories/test_every_event.py",
        "tests/server/test_connections.py",
        "tests/server/test_refusals.py",
        "tests/server/test_slow_readers.py",
        "tests/server/test_workers.py",
        "tests/platform/test_client.py",
        "tests/web/test_statement_page.py",
    ),
    "tests/more-waits": (
        "tests/cluster/",
        "tests/stories/test_kill.py",
        "tests/stories/test_stall.py",
        "tests/delivery/test_dispatcher.py",
    ),
}
"""Their tests wait five times as long as they work: minutes of real silence, restarts and time limits. Two processes
have half of them each, beside the calls."""

LONG: Final = (
    "tests/apart/test_any_way.py",
    "tests/stories/test_logs.py",
    "tests/simulator/test_run.py",
    "tests/billing/test_meter.py",
    "tests/billing/test_machine.py",
    "tests/test_packaging.py",
    "tests/test_docs_samples.py",
)
"""Their tests begin first, each by itself: if twenty seconds began last, the others would have nothing to do."""

_SKIPPED: Final = pytest.StashKey[list[pytest.CollectReport | pytest.TestReport]]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the list of skips. Python's collector rests while tests are collected, which frees nothing."""
    gc.disable()
    config.stash[_SKIPPED] = []
    config.pluginmanager.register(_SkipCollector(config), "langdao-skips")


def scope_of(nodeid: str) -> str:
    """Return what the test is handed to a process with: the calls, the pages, the waits, its file, or nothing else."""
    file = nodeid.split("::", 1)[0]
    if file.startswith(BROWSERS):
        name = file.removeprefix(f"{BROWSERS}test_").removesuffix(".py")
        return PAGES if name in BESIDE_CALLS else CALLS
    for waits, files in WAITING.items():
        if file.startswith(files):
            return waits
    if file.startswith(NETWORKS):
        return CALLS
    return nodeid if file in LONG else file


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put calls and waits first, then the other pages, the long tests, and last the files, the largest first.

    Tests that wait are slow: `make test-quick` leaves them out.
    """
    for item in items:
        if scope_of(item.nodeid) in WAITING:
            item.add_marker(pytest.mark.slow)
    scopes = [scope_of(item.nodeid) for item in items]
    sizes = Counter(scopes)
    first = (CALLS, *WAITING, PAGES)
    ranks = {
        scope: first.index(scope) if scope in first else len(first) + (not scope.startswith(LONG))
        for scope in sizes
    }
    items.sort(key=lambda item: (ranks[scope := scope_of(item.nodeid)], -sizes[scope], _turn(item)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let Python's collector run again, without the collected tests: they stay, and there are 7,000 of them."""
    gc.freeze()
    gc.enable()


def _turn(item: pytest.Item) -> int:
    """Return 0 and 1 for tests that share a call, in Chromium and with Firefox; 2 for the others, which end it."""
    if "standing_call" not in getattr(item, "fixturenames", ()):
        return 2
    parameters = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    return int(parameters.get("tutors_browser") == "firefox")


class _OneCallAtATime(LoadScopeScheduling):  # type: ignore[misc]
    """Give all calls to one process, the waits to two others, each other file to any.

    There are two cores, and a call takes one of them: two calls at once run into time limits.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Distribute the tests among the processes of `make test`."""
    return _OneCallAtATime(config, log)


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
    """Print which tests did not run, and why.

    pytest calls a test that failed before its first line an error. Who looks for failures in a long log overlooks it.
    """
    for report in terminalreporter.stats.get("error", []):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message if crash else report.longreprtext
        terminalreporter.write_line(f"FAILED around the test ({report.when}) {report.nodeid}: {why[:600]}")
    skipped = config.stash[_SKIPPED]
    if skipped and os.environ.get("CI") == "true":
        terminalreporter.section("skipped, and in CI a skip is a failure", red=True)
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            terminalreporter.write_line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
