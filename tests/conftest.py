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
from xdist.workermanage import WorkerController

# Other programs use the machine, too, so the time of an example says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

BROWSERS: Final = "tests/browser/"
NETWORKS: Final = "tests/network/"
SHARED_CALL: Final = tuple(
    f"{BROWSERS}test_{name}.py"
    for name in ("controls", "devices", "files", "media", "reactions", "room", "screen", "sending")
)
"""Most of their tests share one standing call, so one process has them all."""

CALLS: Final = f"{BROWSERS}calls"
BROWSER_PROCESSES: Final = 2
"""So many processes run browsers, because a call takes half of a core, and a test with four pages most of one."""

WAITING: Final = (
    "tests/stories/test_apart.py",
    "tests/cluster/",
    "tests/stories/test_every_event.py",
    "tests/stories/test_kill.py",
    "tests/stories/test_stall.py",
    "tests/server/test_connections.py",
    "tests/server/test_refusals.py",
    "tests/server/test_slow_readers.py",
    "tests/server/test_workers.py",
    "tests/platform/test_client.py",
    "tests/web/test_statement_page.py",
    "tests/delivery/test_dispatcher.py",
)
"""Their tests wait five times as long as they work: minutes of real silence, restarts and time limits. They begin first
in the processes without browsers, the longest first."""
STARTING: Final = ("tests/stories/", "tests/server/test_floods.py")
"""Their tests start services as processes, or send them megabytes: slow, too, so `make test-quick` leaves them out."""

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
    """Return what the test is handed to a process with: those that share a call or a town, its file, nothing else."""
    file = nodeid.split("::", 1)[0]
    if file in SHARED_CALL:
        return CALLS
    if file.startswith(NETWORKS):
        return NETWORKS
    return nodeid if file in LONG else file


def _rank(scope: str) -> int:
    """Return where a scope stands: the shared call, the town, other browsers, the waits, the long tests, the rest."""
    first = (CALLS, NETWORKS, BROWSERS, *WAITING)
    place = next((place for place, start in enumerate(first) if scope.startswith(start)), None)
    return len(first) + (not scope.startswith(LONG)) if place is None else place


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by their scopes' ranks; of one rank the largest scope comes first.

    Tests that wait or start services are slow: `make test-quick` leaves them out.
    """
    for item in items:
        if item.nodeid.startswith((*WAITING, *STARTING)):
            item.add_marker(pytest.mark.slow)
    scopes = [scope_of(item.nodeid) for item in items]
    sizes = Counter(scopes)
    order = {scope: (_rank(scope), -sizes[scope], scope) for scope in sizes}
    items.sort(key=lambda item: (order[scope_of(item.nodeid)], _turn(item)))


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


class TwoBrowsersAtATime(LoadScopeScheduling):  # type: ignore[misc]
    """Give the browsers' tests to two processes, each what comes next, and all other tests to any.

    There are two cores, and a third browser at once runs into time limits. While the two have browsers, the other
    processes wait for real seconds and then run what needs no browser.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give *node* its next scope. If only browsers' tests are left, and it may run none, it ends."""
        may_run_browsers = node in self.nodes[:BROWSER_PROCESSES]
        scope = next(
            (scope for scope in self.workqueue if may_run_browsers or not _has_browsers(scope)), None
        )
        if scope is None:
            node.shutdown()
            return
        self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


def _has_browsers(scope: str) -> bool:
    return scope.startswith((BROWSERS, NETWORKS))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Distribute the tests among the processes of `make test`."""
    return TwoBrowsersAtATime(config, log)


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
