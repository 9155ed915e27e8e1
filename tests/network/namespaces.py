"""Network namespaces of Linux (ip-netns(8)), made by the tests and removed by them.

A name carries the process that made it: what a killed process left is removed by the next one that makes any.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PREFIX: Final = "langdao-"
FOLDER: Final = Path("/run/netns")
CLONE_NEWNET: Final = 0x4000_0000
"""From sched.h: what setns(2) may enter."""
PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class NotPermitted(RuntimeError):
    """Namespaces need root, or the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN."""


def run(*command: str, text: str = "") -> str:
    """Run *command* with *text* as its input, and return its output. Raises RuntimeError with what it complained of."""
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, env={**os.environ, "PATH": PATH}
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}\n{text}")
    return done.stdout


class Namespace:
    """One namespace: a host or a router with interfaces, addresses, routes and packet rules of its own."""

    def __init__(self, name: str) -> None:
        self.name = f"{PREFIX}{os.getpid()}-{name}"
        try:
            run("ip", "netns", "add", self.name)
        except RuntimeError as error:
            raise NotPermitted(
                f"The tests of networks need root (tests/network/README.md). {error}"
            ) from None
        self._inside = ThreadPoolExecutor(1, f"in-{name}", initializer=self._enter)
        self.write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")
        self.ip("link set lo up")

    def ip(self, *lines: str) -> None:
        """Do each of *lines*, which are commands of ip(8) without the word `ip`, in this namespace."""
        run("ip", "-n", self.name, "-batch", "-", text="\n".join(lines))

    def nft(self, ruleset: str) -> None:
        """Apply *ruleset* (nft(8)) as one transaction."""
        run(*self.command("nft", "-f", "-"), text=ruleset)

    def write(self, path: str, value: str) -> None:
        """Write a setting of the kernel, which is a file below /proc/sys/net."""
        self.call(lambda: Path(path).write_text(value, encoding="ascii"))

    def command(self, *words: str) -> tuple[str, ...]:
        """Return the command that runs *words* in this namespace, as the same process."""
        return ("ip", "netns", "exec", self.name, *words)

    def call(self, function: Callable[[], T]) -> T:
        """Run *function* in a thread that is in this namespace. A socket that it makes stays there."""
        return self._inside.submit(function).result()

    def listening(self) -> str:
        """Return the sockets that wait for TCP connections here, one a line."""
        return run(*self.command("ss", "-Hltn"))

    def close(self) -> None:
        """Remove the namespace, which ends its interfaces and rules. Processes in it must have ended."""
        self._inside.shutdown()
        run("ip", "netns", "del", self.name)

    def _enter(self) -> None:
        descriptor = os.open(FOLDER / self.name, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
                raise NotPermitted(f"setns: {os.strerror(ctypes.get_errno())}")
        finally:
            os.close(descriptor)


def remove_left_over() -> None:
    """Remove the namespaces of processes that have ended, and first the programs that still run in them."""
    for folder in FOLDER.glob(f"{PREFIX}*") if FOLDER.exists() else ():
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if Path("/proc", owner).exists():
            continue
        for pid in run("ip", "netns", "pids", folder.name).split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        run("ip", "netns", "del", folder.name)
