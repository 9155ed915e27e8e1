"""The parts that the commands share: the settings, the open store, and how a command ends."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from langdao_video.clock import Clock
from langdao_video.commands.doctor_rules import describe_setting
from langdao_video.errors import BadRequest, LangDAOError
from langdao_video.log_writer import escape_controls
from langdao_video.settings import Settings
from langdao_video.store.migrate import migrate
from langdao_video.store.server_clock import start_clock
from langdao_video.store.sql import SqlStore


@dataclass(frozen=True, slots=True)
class Parts:
    """The store of the settings, which a running service may use at the same time."""

    settings: Settings
    store: SqlStore
    clock: Clock


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - as the settings
    """Read the settings from the environment, with *given* in front. If one is wrong, say which and exit."""
    try:
        return Settings(**given)
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            print(escape_controls(describe_setting(name, problem["msg"])), file=sys.stderr)
        sys.exit(2)


def run_command(work: Callable[[Parts], Awaitable[str]]) -> None:
    """Do *work* with the store of the settings and print what it returns. A refusal is printed, and exits with 1."""
    settings = read_settings()
    # What a command prints is its answer: warnings go beside it, and the lines of normal work nowhere.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        print(asyncio.run(_run(settings, work)))
    except LangDAOError as error:
        print(escape_controls(error.message), file=sys.stderr)
        sys.exit(1)


async def _run(settings: Settings, work: Callable[[Parts], Awaitable[str]]) -> str:
    async with open_parts(settings) as parts:
        return await work(parts)


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open the store of *settings* with this version's schema, until the block ends."""
    await migrate(settings.database_url)
    store = await SqlStore.open(settings.database_url)
    try:
        clock, _ = await start_clock(store)
        yield Parts(settings, store, clock)
    finally:
        await store.close()


def refuse_request(error: ValidationError) -> BadRequest:
    """Return the refusal of a request that does not fit, with each field that is wrong."""
    said = (f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
    return BadRequest("request-invalid", "; ".join(said))
