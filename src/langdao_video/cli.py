"""The command line. What a command does is in `commands/`; this file has its words and options."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from langdao_video.access.throwaway import make_throwaway
from langdao_video.app import create_app
from langdao_video.clock import SystemClock
from langdao_video.commands.deliveries import replay_events, show_deliveries
from langdao_video.commands.doctor import run_doctor
from langdao_video.commands.endpoints import add_endpoint, list_endpoints, remove_endpoint, rotate_secret
from langdao_video.commands.link import make_student_link, make_tutor_link
from langdao_video.commands.listen import Receiver, check_secrets, make_listener
from langdao_video.commands.parts import read_settings, run_command
from langdao_video.commands.turn_check import check_turn
from langdao_video.errors import LangDAOError
from langdao_video.log_writer import escape_controls, escape_controls_in_lines
from langdao_video.logs import configure_logs, finish_logs
from langdao_video.revoke import revoke_links
from langdao_video.server.run import run_server
from langdao_video.server.workers import find_contradiction, follow_parent, supervise, take_listener
from langdao_video.session.diagram import draw_states
from langdao_video.session.links import Link, make_link
from langdao_video.settings import ServiceRole, Settings
from langdao_video.store.migrate import migrate as migrate_store
from langdao_video.turn.check import has_faults, write_findings

app = App(
    name="langdao-video", version=version("langdao-video"), help="Video lessons that bill by the second."
)
endpoints = App(name="endpoints", help="List, add, remove and re-key the URLs that get events.")
app.command(endpoints)

Flag = Annotated[bool, Parameter(negative="")]
_NOT_STARTED: Final = 3
"""The exit status if the port or the store is not available; the log says which."""


@app.command
def serve(
    *,
    links: Flag = False,
    role: ServiceRole | None = None,
    workers: int = 1,
    listen_fd: Annotated[int | None, Parameter(show=False)] = None,
    parent: Annotated[int | None, Parameter(show=False)] = None,
    worker: Annotated[int, Parameter(show=False)] = 0,
) -> None:
    """Serve the pages, the rooms and the platform backend. Settings come from the environment (docs/operations.md).

    Parameters
    ----------
    links
        Print a student link, a tutor link and the link of the demo page (development).
    role
        Serve only the rooms (`call`), only the platform backend (`backend`), or both. Default: SERVICE_ROLE.
    workers
        How many processes serve the port together. More than one need PostgreSQL and REDIS_URL.
    listen_fd
        The inherited socket of one of them.
    parent
        The process whose worker this is.
    worker
        Its number among the workers.
    """
    settings = read_settings(**({} if role is None else {"SERVICE_ROLE": role})).of_worker(worker)
    configure_logs(settings.log_format, settings.log_level)
    if contradiction := find_contradiction(settings, workers):
        print(contradiction, file=sys.stderr)
        sys.exit(2)
    if links and settings.is_development:
        print(_development_links(settings), flush=True)
    if workers > 1:
        sys.exit(supervise(settings, workers, () if role is None else (f"--role={role}",)))
    if parent is not None and not follow_parent(parent):
        return
    service = create_app(settings)
    listener = None if listen_fd is None else take_listener(listen_fd)
    try:
        if not run_server(service, settings, listener):
            sys.exit(_NOT_STARTED)
    finally:  # the server exits by itself if the service does not start
        if service.refusal is not None:
            finish_logs()  # so that these are the last words
            print(escape_controls(service.refusal.message), file=sys.__stderr__, flush=True)


@app.command
def migrate() -> None:
    """Migrate the database of DATABASE_URL to the schema of this version."""
    asyncio.run(migrate_store(read_settings().database_url))


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
        print(asyncio.run(revoke_links(read_settings(), link, session, before)))
    except LangDAOError as error:
        print(escape_controls(error.message), file=sys.stderr)
        sys.exit(1)


@app.command
def link(  # noqa: PLR0913 - the options
    *,
    student: str | None = None,
    language: str = "es",
    tutor: str | None = None,
    rate: int | None = None,
    currency: str | None = None,
    cap_seconds: int | None = None,
    name: str | None = None,
    session: str | None = None,
    accept: Flag = False,
    relay_only: Flag = False,
) -> None:
    """Make a session and the student's link; with *session*, the tutor's link of that session.

    Only the student begins a session, and the tutor's link exists only after the student has connected, or with
    *accept*.

    Parameters
    ----------
    student
        The student's address, 0x and 40 hex digits. In development a throw-away address is made if it is missing.
    language
        One of the sixteen codes, such as es.
    tutor
        The tutor's address.
    rate
        What an hour costs, in smallest units: 2000 is $20.00.
    currency
        An ISO 4217 code.
    cap_seconds
        Prepaid time.
    name
        The name of the link's participant.
    session
        The id of a session, for its tutor's link.
    accept
        The tutor has accepted: make their link before the student connects.
    relay_only
        Hide the address of the link's participant from the other one: their page uses relays (TURN) only.
    """
    if session is not None:
        run_command(
            lambda parts: make_tutor_link(parts, session, tutor, name, accept=accept, relay_only=relay_only)
        )
        return
    run_command(
        lambda parts: make_student_link(
            parts,
            student_address=student,
            language=language,
            tutor_address=tutor,
            rate_per_hour_minor=rate,
            currency=currency,
            cap_seconds=cap_seconds,
            display_name=name,
            relay_only=relay_only,
        )
    )


@app.command(name="turn-check")
def turn_check(*urls: str, secret: str = "", ca: Path | None = None) -> None:
    """Check the relays (TURN): which addresses work, and what a stranger could reach by them (docs/turn.md).

    Exits with 1 if something is open or does not work, and with 2 if there is nothing to check.

    Parameters
    ----------
    urls
        Addresses such as turn:turn.example:3478. Without one, those of the settings are checked.
    secret
        The static-auth-secret of the relays at *urls*.
    ca
        A file with authorities of your own.
    """
    settings = read_settings()
    try:
        findings = asyncio.run(check_turn(settings, SystemClock().now_ms(), urls, secret, authority=ca))
    except LangDAOError as error:
        print(escape_controls(error.message), file=sys.stderr)
        sys.exit(2)
    print(escape_controls_in_lines(write_findings(findings)))
    if has_faults(findings):
        sys.exit(1)


@app.command
def deliveries(
    *, endpoint: str | None = None, session: str | None = None, parked: Flag = False, failing: Flag = False
) -> None:
    """Show what was delivered to each endpoint, what waits and what was parked.

    Parameters
    ----------
    endpoint
        Only this endpoint.
    session
        Only this session.
    parked
        Only events that were tried for three days and not taken.
    failing
        Only sessions whose next event has failed.
    """
    run_command(lambda parts: show_deliveries(parts, endpoint, session, parked=parked, failing=failing))


@app.command
def replay(
    *,
    session: str | None = None,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    to: str | None = None,
    endpoint: str | None = None,
    parked: Flag = False,
) -> None:
    """Send events again, in order, from the first one that was chosen to the newest of its session.

    Parameters
    ----------
    session
        Events of this session.
    from_
        Events from this time on: Unix time in milliseconds, or ISO 8601 such as 2026-11-29T18:30:00Z.
    to
        Events from before this time.
    endpoint
        Only to this endpoint.
    parked
        Only events that were parked.
    """
    run_command(
        lambda parts: replay_events(
            parts, session=session, endpoint=endpoint, from_=from_, to=to, parked=parked
        )
    )


@endpoints.command(name="list")
def show_endpoints() -> None:
    """List the endpoints."""
    run_command(list_endpoints)


@endpoints.command
def add(url: str, *, types: str | None = None, secret: str | None = None) -> None:
    """Add an endpoint: a URL that gets the events that are stored from now on. Prints its secret.

    Parameters
    ----------
    url
        A full URL, in production with https.
    types
        The event types that it gets, with commas between. Without it, all.
    secret
        `whsec_` and the base64 of at least 24 random bytes. Without it one is made.
    """
    chosen = None if types is None else tuple(types.replace(",", " ").split())
    run_command(lambda parts: add_endpoint(parts, url, chosen, secret))


@endpoints.command
def remove(endpoint: str) -> None:
    """Remove an endpoint and all that waits for it."""
    run_command(lambda parts: remove_endpoint(parts, endpoint))


@endpoints.command
def rotate(endpoint: str, *, secret: str | None = None, drop_old: Flag = False) -> None:
    """Give an endpoint a new secret. The old ones sign, too, until you drop them.

    Parameters
    ----------
    endpoint
        The id of the endpoint.
    secret
        The new secret. Without it one is made.
    drop_old
        Make no new secret, and remove all but the newest.
    """
    run_command(lambda parts: rotate_secret(parts, endpoint, secret, drop_old=drop_old))


@app.command
def listen(*, port: int = 4000, secret: tuple[str, ...] = (), status: int = 200) -> None:
    """Stand in for a platform's receiver during development: print each event, verify it and answer.

    Parameters
    ----------
    port
        The port on 127.0.0.1. BACKEND_URL is then http://127.0.0.1:4000/.
    secret
        Verify each signature with this secret, and answer 401 if it does not fit.
    status
        Answer with this status: 500 shows what happens while your receiver fails.
    """
    try:
        server = make_listener(
            port, Receiver(check_secrets(secret), status), lambda line: print(line, flush=True)
        )
    except (LangDAOError, OSError) as error:
        print(escape_controls(str(error)), file=sys.stderr)
        sys.exit(1)
    print(f"Listening: BACKEND_URL=http://127.0.0.1:{server.server_port}/", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


@app.command
def doctor(*, json: Flag = False) -> None:
    """Try whatever the service depends on: settings, database, disk, ICE servers, receivers, certificates, clock.

    It reads the environment as `serve` does, changes nothing and sends no event. Each line has a grade, and what is
    not ok has its mend. Ends with 1 if something failed.

    Parameters
    ----------
    json
        Print one JSON object, for a monitor.
    """
    report, is_well = run_doctor(as_json=json)
    print(report)
    if not is_well:
        sys.exit(1)


@app.command
def diagram() -> None:
    """Draw the states of a session as a Mermaid diagram, for docs/ledger.md."""
    print(draw_states())


def main() -> None:
    """Run the command line."""
    app()


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
