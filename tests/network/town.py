"""The internet of a test: the service, a relay, and two homes whose lines a test can spoil.

student's computer ── router ──┐                ┌── 203.0.113.1:443  the service
                               ├── internet ────┤
tutor's computer ──── router ──┘                └── 203.0.113.2      coturn
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from langdao_video.session.roles import ROLES
from tests.browser.chromium import TEST_FRAMES_PER_SECOND, find_chromium, launch_chromium
from tests.browser.server import Process, Server
from tests.browser.tab import HEARING, SMALL_MEDIA
from tests.network import flow, relay
from tests.network.home import Home
from tests.network.namespaces import Namespace, remove_left_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from playwright.async_api import Browser

    from langdao_video.session.roles import Role

SERVICE: Final = "203.0.113.1"
URL: Final = f"http://{SERVICE}:443"
"""Plain HTTP, because Chromium is told to take this origin for a secure one. Firewalls let the port through."""
LEAN_URL: Final = f"http://{SERVICE}:80"
"""Where a bench has the server of the lean call (bench/relay.py)."""
FLAGS: Final = (
    f"--unsafely-treat-insecure-origin-as-secure={URL},{LEAN_URL}",
    "--ignore-certificate-errors",  # the relay's is of the test
)

DOORS: Final = """
table ip doors {{
  chain prerouting {{
    type nat hook prerouting priority dstnat;
    ip daddr {address} tcp dport 443 dnat to 127.0.0.1:{port}
    ip daddr {address} tcp dport 80 dnat to 127.0.0.1:{lean_port}
  }}
}}
"""


class HostedServer(Server):
    """A server on the internet that *url* leads to. A rule of nftables stands for the proxy in front of it."""

    def __init__(
        self, internet: Namespace, folder: Path, *command: str, url: str, env: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(folder, *command, env=env)
        self._internet = internet
        self._url = url

    @property
    def url(self) -> str:
        """Return its address as the homes see it."""
        return self._url

    def read(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """GET the JSON at *path*, from the host of the service itself."""

        def get() -> Any:  # noqa: ANN401
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return json.load(answer)

        return self._internet.call(get)

    async def _spawn(self) -> Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self._internet.command(*self._command), env=self._env, stdout=log, stderr=log
            )

    def _healthy(self) -> bool:
        return self._internet.call(super()._healthy)


class Town:
    """All of it, running."""

    def __init__(
        self,
        service: HostedServer,
        homes: Mapping[Role, Home],
        browsers: Mapping[Role, Browser],
        relay_log: Path,
        *,
        real_media: bool,
    ) -> None:
        self.service = service
        self._relay_log = relay_log
        self.homes = homes
        self.browsers = browsers
        self.scripts = (HEARING, *(() if real_media else (SMALL_MEDIA,)), flow.SCRIPT)
        """What runs in each tab before the page's own scripts, after the probe."""

    def read_relay_log(self) -> str:
        """Return the end of the relay's log."""
        return self._relay_log.read_text("utf-8", errors="replace")[-3000:]

    def repair(self) -> None:
        """Make all lines whole."""
        for home in self.homes.values():
            home.repair()


@asynccontextmanager
async def running_town(
    folder: Path,
    *,
    frames_per_second: int = TEST_FRAMES_PER_SECOND,
    real_media: bool = False,
    with_lean_call: bool = False,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[Town]:
    """Build the town and tear it down after the block. *real_media*: the size of picture that pages ask
    for, and processed sound. *env* are settings of the service."""
    remove_left_over()
    async with AsyncExitStack() as stack:
        internet = Namespace("internet")
        stack.callback(internet.close)
        internet.ip(
            "link add wan type bridge",
            *(f"addr add {address}/24 dev wan" for address in (SERVICE, relay.ADDRESS)),
            "link set wan up",
            # What is nowhere disappears. Without this route coturn would get an error, and give up its relayed address.
            "link add nowhere type veth peer name nobody",
            "link set nobody up",
            "link set nowhere arp off up",
            "route add default dev nowhere",
        )
        internet.write("/proc/sys/net/ipv4/conf/all/route_localnet", "1")
        homes = {}
        for number, role in enumerate(ROLES, 1):
            homes[role] = Home(role, number)
            stack.callback(homes[role].close)
            homes[role].connect(internet, "wan")
        await stack.enter_async_context(relay.running_relay(internet, folder))
        settings = {"STUN_URLS": relay.STUN, "TURN_URLS": " ".join(relay.TURN), "TURN_SECRET": relay.SECRET}
        database = {"DATABASE_URL": f"sqlite:///{folder / 'lessons.sqlite'}", "WEBRTC_URL": URL}
        service = HostedServer(
            internet, folder, "langdao_video", "serve", url=URL, env={**database, **settings, **(env or {})}
        )
        lean = HostedServer(internet, folder, "bench.relay", url=LEAN_URL)
        internet.nft(DOORS.format(address=SERVICE, port=service.port, lean_port=lean.port))
        await stack.enter_async_context(service)
        if with_lean_call:
            await stack.enter_async_context(lean)
        browsers = {}
        for role in ROLES:
            program = _write_program(folder / f"chromium-{role}", homes[role].computer)
            browsers[role] = await stack.enter_async_context(
                launch_chromium(*FLAGS, frames_per_second=frames_per_second, whole=True, program=program)
            )
        yield Town(service, homes, browsers, folder / "relay.log", real_media=real_media)


def _write_program(path: Path, namespace: Namespace) -> Path:
    """Write a program that runs Chromium in *namespace*. It is driven over a pipe, so it needs no network for that."""
    chromium = find_chromium(whole=True)  # the headless shell takes no origin for secure that is not
    path.write_text(f'#!/bin/sh\nexec {" ".join(namespace.command(str(chromium)))} "$@"\n', "utf-8")
    path.chmod(0o755)
    return path
