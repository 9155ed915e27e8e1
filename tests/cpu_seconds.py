"""Counts the CPU seconds of tests with all their processes, and prints them by folder and file: `-p tests.cpu_seconds`.

Seconds on a clock say little on a machine that other programs use. Linux only, because it reads /proc.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

PROPERTY: Final = "cpu_seconds"
FILES_SHOWN: Final = 30
PARENT, FIRST_TIME, LAST_TIME = 1, 11, 15
"""Where /proc/PID/stat has, after the name, the parent and the four times: own and of ended children."""


def cpu_seconds() -> float:
    """Return what this process, its children, theirs and so on have used, those that have ended included."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            number = int(stat.parent.name)
            ticks[number] = sum(int(field) for field in fields[FIRST_TIME:LAST_TIME])
            children[int(fields[PARENT])].append(number)
    family = [os.getpid()]
    for number in family:
        family += children[number]
    return sum(ticks.get(number, 0) for number in family) / os.sysconf("SC_CLK_TCK")


class Counted:
    """The seconds so far: in a process that runs tests, and in the one that prints."""

    def __init__(self) -> None:
        self._lost = 0.0
        self._until = self._seen = cpu_seconds()
        self._of_file: defaultdict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write into the report of a phase (set up, run, tear down) what it used."""
        report = yield
        before, self._until = self._until, self._read()
        report.user_properties.append((PROPERTY, self._until - before))
        return report

    def _read(self) -> float:
        """Return the seconds so far. What the children of a browser used stays counted when it ends before them."""
        before, self._seen = self._seen, cpu_seconds()
        self._lost += max(0.0, before - self._seen)
        return self._seen + self._lost

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a phase to its file."""
        file = report.nodeid.partition("::")[0]
        for name, value in report.user_properties:
            if name == PROPERTY and isinstance(value, float):
                self._of_file[file] += value

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the folders, and the files that used most."""
        of_folder: defaultdict[str, float] = defaultdict(float)
        for file, seconds in self._of_file.items():
            of_folder[str(Path(file).parent)] += seconds
        terminalreporter.section(f"CPU seconds: {sum(of_folder.values()):.0f}")
        for names, count in ((of_folder, None), (self._of_file, FILES_SHOWN)):
            for name in sorted(names, key=lambda name: -names[name])[:count]:
                terminalreporter.write_line(f"{names[name]:8.1f} {name}")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count."""
    config.pluginmanager.register(Counted(), "langdao-cpu-seconds")
