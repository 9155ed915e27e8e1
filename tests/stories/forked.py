"""Runs the command in a forked process, so that its imports are done once for all tests.

The process still has its own environment, files, sockets and event loop, and can be killed.
`tests/browser/server.py` starts the real command, which takes a second longer.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.server import Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.context import ForkServerProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["langdao_video.cli", "uvloop", "pytest", "tests.browser.server", "tests.stories.warm"]
)


class ForkedService(Service):
    """The real service. *files_max* limits its open files."""

    def __init__(
        self, folder: Path, env: Mapping[str, str] | None = None, files_max: int | None = None
    ) -> None:
        super().__init__(folder, env)
        self._files_max = files_max

    async def _spawn(self) -> ForkedProcess:
        log = str(self.log)
        return await start_forked("serve", env=self._env, outputs=(log, log), files_max=self._files_max)


async def start_forked(
    *words: str, env: Mapping[str, str], outputs: tuple[str, str], files_max: int | None = None
) -> ForkedProcess:
    """Do what `langdao-video` does with *words*, in a child; *outputs* are the paths of its output and errors."""
    return ForkedProcess(await asyncio.to_thread(_fork, words, env, outputs, files_max=files_max))


def run_forked(
    *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `langdao-video` with the arguments *words* in a child process until it ends."""
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        process = _fork(words, os.environ if env is None else env, (out.name, err.name), cwd=cwd)
        process.join()
        said, problems = out.read().decode(), err.read().decode()
    assert process.exitcode is not None
    return subprocess.CompletedProcess(words, process.exitcode, said, problems)


class ForkedProcess:
    """A forked process with the methods of asyncio's."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def returncode(self) -> int | None:
        """Return the exit status; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int, /) -> None:
        """Send a signal to this process alone."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    async def wait(self) -> int:
        """Wait for its end; return the exit status."""
        while (status := self._process.exitcode) is None:  # noqa: ASYNC110 - multiprocessing has no event for it
            await asyncio.sleep(0.005)
        return status


def _fork(
    words: tuple[str, ...],
    env: Mapping[str, str],
    outputs: tuple[str, str],
    *,
    cwd: Path | None = None,
    files_max: int | None = None,
) -> ForkServerProcess:
    """Start a child, and append its output to the named files."""
    arguments = (words, dict(env), outputs, str(cwd or Path.cwd()), files_max)
    process = _CONTEXT.Process(target=_run_command, args=arguments, daemon=True)
    process.start()
    return process


def _run_command(
    words: tuple[str, ...], env: dict[str, str], outputs: tuple[str, str], cwd: str, files_max: int | None
) -> None:
    """Run `langdao-video` in the child."""
    from langdao_video.cli import app  # noqa: PLC0415 - the tests do not need it

    for number, path in enumerate(outputs, 1):
        with Path(path).open("ab") as file:
            os.dup2(file.fileno(), number)
    if files_max is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    app(words)
