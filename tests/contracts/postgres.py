"""Runs a private PostgreSQL on loopback, with its data in a temporary folder and on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from langdao_video.store.migrate import migrate
from langdao_video.store.tables import metadata
from tests.ports import free_port

USER: Final = "langdao"
START_DEADLINE_S: Final = 60.0
STOP_DEADLINE_S: Final = 30.0


@dataclass(slots=True)
class PostgresServer:
    """A running server. `make_database` gives each test an empty database of its own."""

    binaries: Path
    folder: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _databases: list[str] = field(default_factory=list)
    _emptied: list[str] = field(default_factory=list)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """Return the database's URL as an operator would write it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def initialise(self) -> None:
        """Make the data folder, without locale and sync, so that it takes only a second."""
        options = [
            f"--pgdata={self._data}",
            "--auth=trust",
            f"--username={USER}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(
            [self._binary("initdb"), f"--pgdata={self._data}", *options],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **_as_unprivileged(),
        )

    def start(self) -> None:
        """Start the server on its last port, or else on a free one, and wait until it answers."""
        self.port = self.port or free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            # We test our SQL here. PostgreSQL's authors test its crash safety.
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._binary("postgres"),
                    "-D",
                    str(self._data),
                    *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **_as_unprivileged(),
            )
        self._wait_until_it_answers(self._process)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline_s = time.monotonic() + START_DEADLINE_S
        ask = [self._binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        while subprocess.run(ask, check=False, cwd=self.folder).returncode != 0:
            if process.poll() is not None or time.monotonic() > deadline_s:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, as an operator in a hurry does: open transactions are rolled back."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                self._process.wait(STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _binary(self, name: str) -> str:
        return str(self.binaries / name)

    async def make_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"test_{len(self._databases)}"
        self._databases.append(name)
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return self.url(name)

    async def take_migrated_database(self) -> str:
        """Return an empty database with today's schema that no other test uses."""
        if self._emptied:
            return self._emptied.pop()
        url = await self.make_database()
        await migrate(url)
        return url

    async def give_back(self, url: str) -> None:
        """Empty a migrated database without connections, for the next test that takes one."""
        connection = await asyncpg.connect(url)
        try:
            tables = ", ".join(metadata.tables)
            await connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        finally:
            await connection.close()
        self._emptied.append(url)

    def dump_schema(self, url: str) -> str:
        """Return the schema as pg_dump writes it."""
        dump = [
            self._binary("pg_dump"),
            "--schema-only",
            "--no-owner",
            "--exclude-table=alembic_version",
            url,
        ]
        text = subprocess.run(dump, check=True, capture_output=True, text=True, cwd=self.folder).stdout
        # Newer releases put a random key around the dump.
        return "\n".join(line for line in text.splitlines() if not line.startswith("\\"))


def find_postgres_binaries() -> Path | None:
    """Return the newest folder with a PostgreSQL server: Debian's, else the one on PATH."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run one server for all tests that ask for it. Skip them if PostgreSQL is not installed."""
    binaries = find_postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="langdao-postgres-"))
    server = PostgresServer(binaries, folder)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_unprivileged() -> dict[str, Any]:
    # PostgreSQL refuses to run as root. Debian's package makes this user for it.
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
