"""The command line: `langdao-video serve`, `migrate`, `revoke`, `diagram`."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import version
from typing import Annotated, Final

from cyclopts import App, Parameter
from pydantic import ValidationError

from langdao_video.access.throwaway import make_throwaway
from langdao_video.app import create_app
from langdao_video.clock import SystemClock
from langdao_video.errors import LangDAOError
from langdao_video.log_writer import escape_controls
from langdao_video.logs import configure_logs
from langdao_video.revoke import revoke_links
from langdao_video.server.run import run_server
from langdao_video.session.diagram import draw_states
from langdao_video.session.links import Link, make_link
from langdao_video.settings import Settings
from langdao_video.store.migrate import migrate as migrate_store

app = App(
    name="langdao-video", version=version("langdao-video"), help="Video lessons that bill by the second."
)


_NOT_STARTED: Final = 3
"""The exit status if the port or the store is not available; the log says which."""


@app.command
def serve(*, links: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Serve the pages, the rooms and the platform backend. Settings come from the environment (docs/operations.md).

    Parameters
    ----------
    links
        Print a student link, a tutor link and the link of the demo page (development).
    """
    settings = _read_settings()
    configure_logs(settings.log_format, settings.log_level)
    if links and settings.is_development:
        print(_development_links(settings), flush=True)
    if not run_server(create_app(settings), settings):
        sys.exit(_NOT_STARTED)


@app.command
def migrate() -> None:
    """Migrate the database of DATABASE_URL to the schema of this version."""
    asyncio.run(migrate_store(_read_settings().database_url))


@app.command
def revoke(*, link: str | None = None, session: str | None = None, before: str | None = None) -> None:
    """Revoke links: one, those of a session, or all that were made before a time.

    A running service notices this within a second, and closes the calls that were opened with these links.

    Parameters
    ----------
    link
        The `linkId` that came with a link, or the whole link.
    session
        The id of a session. Without *before*, all of its links until now are revoked.
    before
        Revoke links made before this time: Unix time in milliseconds, or ISO 8601 such as 2026-11-29T18:30:00Z.
        Without *session*, the links of all sessions are revoked.
    """
    try:
        print(asyncio.run(revoke_links(_read_settings(), link, session, before)))
    except LangDAOError as error:
        print(escape_controls(error.message), file=sys.stderr)
        sys.exit(1)


@app.command
def diagram() -> None:
    """Draw the states of a session as a Mermaid diagram, for docs/ledger.md."""
    print(draw_states())


def main() -> None:
    """Run the command line."""
    app()


def _read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            print(escape_controls(f"{name + ': ' if name else ''}{problem['msg']}"), file=sys.stderr)
        sys.exit(2)


def _development_links(settings: Settings) -> str:
    """Make two links for one session. The session is made when one of them is opened."""
    now_ms = SystemClock().now_ms()
    room = f"lesson-{now_ms}"
    rows = [
        (role, make_link(settings.base_url, Link(room, role, make_throwaway(), "es", now_ms)))
        for role in ("student", "tutor")
    ]
    return "\n".join(
        [
            f"LangDAO video lessons on {settings.base_url}",
            *(f"  {role + ':':<9}{url}" for role, url in rows),
            f"  {'demo:':<9}{settings.base_url}/demo",
        ]
    )
