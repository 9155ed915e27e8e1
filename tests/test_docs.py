"""The documents agree with the code: links, settings, frames, events, codes, bounds.

test_docs_events.py checks the events in the documents; test_docs_samples.py runs the commands and programs.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from types import UnionType

import msgspec
import pytest

from langdao_video import errors
from langdao_video.app import create_app
from langdao_video.cli import app as command_line
from langdao_video.session import text
from langdao_video.session.languages import LANGUAGES
from langdao_video.settings import Settings
from langdao_video.signaling import chat, codec, connection, fields, hub, lobby, messages, seats, unsent
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.rules import RoomRules
from langdao_video.web.context import NotAuthorized, WrongKey
from langdao_video.web.edge import HostNotLocal
from langdao_video.web.links import CreateSession
from tests.server.bounds import EDGE_BOUNDS

pytestmark = pytest.mark.requirement("R46")

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "langdao_video"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE, PROTOCOL, OPERATIONS = "docs/integration.md", "docs/protocol.md", "docs/operations.md"
CODE = re.compile(r"[a-z]+(-[a-z]+)*")


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)


def rows(name: str, heading: str) -> list[list[str]]:
    """Return the cells of the tables under *heading*, without their heads."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", read(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no heading {heading!r}"
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    rules = [i for i, line in enumerate(lines) if re.fullmatch(r"[|\- ]+", line) and "-" in line]
    heads = {*rules, *(i - 1 for i in rules)}
    return [
        [cell.strip() for cell in re.split(r"(?<=\s)\|(?=\s)|\|$", line[1:])]
        for i, line in enumerate(lines)
        if i not in heads
    ]


def quoted(cell: str) -> list[str]:
    """Return the texts in backticks, without those in parentheses."""
    return re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", cell))


def first_quoted(name: str, heading: str) -> list[str]:
    """Return the texts in backticks of the first cells under *heading*."""
    return [quoted(row[0])[0] for row in rows(name, heading)]


# ── The pages hold together ──────────────────────────────────────────────────────────────────────


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_the_site_has_every_page_once() -> None:
    listed = re.findall(r": (\S+\.md)$", read("mkdocs.yml"), re.MULTILINE)

    assert sorted(listed) == sorted(str(page.relative_to(ROOT / "docs")) for page in PAGES[2:])


@pytest.mark.requirement("R44")
def test_every_command_in_the_pages_exists() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))

    named = set(re.findall(r"(?:^|`|`PORT=\d+ )make ([a-z-]+)", text, re.MULTILINE))
    commands = set(re.findall(r"langdao-video ([a-z-]+)", text))

    assert {"run", "test"} <= named <= targets
    assert {"serve"} <= commands <= set(command_line)


@pytest.mark.requirement("R17")
def test_the_lines_of_the_debug_mode_are_those_the_call_writes() -> None:
    calls = "".join(path.read_text("utf-8") for path in (ROOT / "client/src/call").rglob("*.ts"))

    for line in first_quoted("docs/troubleshooting.md", "Debug mode"):
        assert f"log('{line}'" in calls


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.requirement("R44")
def test_the_table_of_settings_has_each_with_its_default() -> None:
    def show(default: object) -> list[str]:
        text = str(default).lower() if isinstance(default, bool) else str(default)
        words = " ".join(default) if isinstance(default, tuple) else text
        return [words] if words else []

    documented = {quoted(row[0])[0]: quoted(row[1]) for row in rows(OPERATIONS, "Settings")}

    assert documented == {
        str(field.validation_alias or name).upper(): show(field.default)
        for name, field in Settings.model_fields.items()
    }


def test_the_log_lines_worth_an_alert_are_written_somewhere() -> None:
    sources = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))

    for row in rows(OPERATIONS, "Health, logs, stopping"):
        assert all(f'"{line}"' in sources for line in quoted(row[0]))


# ── The room's socket ────────────────────────────────────────────────────────────────────────────


def wire_names(struct: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct)]


@pytest.mark.parametrize(
    ("heading", "union"),
    [("Frames from the client", messages.ClientFrame), ("Frames from the service", messages.ServerFrame)],
)
def test_every_frame_is_documented_with_all_its_fields(heading: str, union: UnionType) -> None:
    documented = {quoted(row[0])[0]: quoted(row[1]) for row in rows(PROTOCOL, heading)}

    assert documented == {struct.__struct_config__.tag: wire_names(struct) for struct in union.__args__}


def test_every_object_inside_a_frame_is_documented_with_all_its_fields() -> None:
    inside = [
        kind
        for kind in vars(messages).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct
        if not issubclass(kind, messages.Frame)
    ]

    documented = {quoted(row[0])[0]: quoted(row[1]) for row in rows(PROTOCOL, "Objects inside frames")}

    assert documented == {kind.__name__: wire_names(kind) for kind in inside}


@pytest.mark.requirement("R20")
def test_the_close_codes_are_those_of_the_service_and_of_the_page() -> None:
    ours = {value for name, value in vars(CloseCode).items() if name.isupper()}
    policy = re.search(r"FINAL_CODES.*?\[(.*?)\]", read("client/src/call/transport/reconnect.ts"), re.DOTALL)
    assert policy

    documented = {int(row[0]): row[2] for row in rows(PROTOCOL, "Close codes")}

    assert set(documented) == ours
    assert {code for code, again in documented.items() if again == "no"} == {
        int(code) for code in policy[1].split(",") if code.strip()
    }


def test_the_bounds_are_those_of_the_code() -> None:
    rules = RoomRules()
    expected = {
        "a message": [codec.FRAME_SIZE_BYTES_MAX // 1024],
        "a session description": [60_000],
        "a line of chat": [fields.CHAT_CHARACTERS_MAX],
        "blank lines in a row, combining marks on a letter": [text.BLANK_LINES_MAX, text.MARKS_MAX],
        "chat kept for those who reload": [
            chat.CHAT_LINES_MAX,
            chat.CHAT_SIZE_BYTES_MAX // 1024,
        ],
        "lines on their way to the store": [chat.CHAT_WAITING_MAX],
        "frames from one socket": [connection.FRAMES_PER_SECOND, connection.FRAMES_BURST],
        **EDGE_BOUNDS,
        "reactions of one seat": [seats.REACTIONS_EVERY_MS],
        "frames waiting for one socket": [
            unsent.FRAMES_WAITING_MAX,
            unsent.SIZE_WAITING_BYTES_MAX // 1024,
        ],
        "`user-action` events of one seat": [seats.ACTIONS_EVERY_MS // 1000],
        "time to `look` or `join`": [int(connection.JOIN_SECONDS_MAX)],
        "from an answer in the lobby to a `join`, and from a `join` to the seat": [
            int(connection.LOBBY_SILENT_SECONDS_MAX)
        ],
        "time in the lobby": [lobby.LOBBY_MINUTES_MAX],
        "tabs that look in for one seat": [lobby.LOBBY_VISITORS_MAX],
        "no frame from a seat": [rules.socket_dead_ms // 1000],
        "pings without an answer": [seats.PINGS_OPEN_MAX],
        "rooms on one server": [hub.ROOMS_MAX],
    }

    documented = {
        row[0]: [int(n.replace(",", "")) for n in re.findall(r"[\d,]+", row[1])]
        for row in rows(PROTOCOL, "Bounds")
    }

    assert documented == expected
    assert f"{connection.FRAMES_DROPPED_MAX:,} dropped" in read(PROTOCOL)


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────

ERRORS = {
    name: kind.status
    for name, kind in [
        *vars(errors).items(),
        ("NotAuthorized", NotAuthorized),
        ("WrongKey", WrongKey),
        ("HostNotLocal", HostNotLocal),
    ]
    if isinstance(kind, type) and issubclass(kind, errors.LangDAOError)
}


@cache
def raised(*places: str) -> set[tuple[str, str]]:
    """Return (code, the called name) for all errors that the modules at *places* make."""
    found: set[tuple[str, str]] = set()
    for path in (path for place in places for path in sorted(SOURCE.glob(place))):
        for call in (
            node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
        ):
            given = [call.func, *call.args, *(key.value for key in call.keywords if key.arg == "code")]
            names = {str(getattr(part, "attr", None) or getattr(part, "id", "")) for part in given}
            for name in names & {*ERRORS, "Error", "_refuse", "refuse"}:
                texts = [text.value for text in given if isinstance(text, ast.Constant) and text.value]
                found |= {(text, name) for text in texts if isinstance(text, str) and CODE.fullmatch(text)}
    return found


STORE = {
    code for code, kind in raised("store/*.py") if kind in {"Unavailable", "VersionConflict", "_refuse"}
} | {"cursor-invalid", "cursor-unknown", "endpoint-changed", "endpoint-known", "endpoints-full"}
"""The store's errors that callers see. No request can cause the others, or they stop the start."""


OF_MAKING_LINKS = {
    (code, kind)
    for code, kind in raised("access/*.py", "signaling/admission.py")
    if kind in {"BadRequest", "Conflict", "NotFound"}
}
"""Errors of making and revoking links. A person who opens a bad link gets NotAllowed."""


def test_every_error_of_the_socket_is_documented() -> None:
    places = ("signaling/*.py", "access/*.py", "web/socket.py", "billing/grace.py")
    refusals = {str(refusal) for refusal in text.Refusal}
    from_the_socket = {code for code, _ in raised(*places) - OF_MAKING_LINKS} | refusals

    documented = set(first_quoted(PROTOCOL, "Error codes"))

    assert from_the_socket <= documented
    assert documented - from_the_socket <= STORE | {"chat-over"}


def test_the_closing_errors_close_as_documented() -> None:
    closes = {row[2] for row in rows(PROTOCOL, "Error codes")}
    final = {row[2] for row in rows(PROTOCOL, "Error codes") if row[1] == "yes"}

    assert closes <= {"stays open", *(row[0] for row in rows(PROTOCOL, "Close codes"))}
    assert final == {row[0] for row in rows(PROTOCOL, "Close codes") if row[2] == "no"}


def test_every_error_of_the_api_is_documented_with_its_status() -> None:
    of_the_api = {
        (code, ERRORS[kind])
        for code, kind in raised(
            "billing/*.py", "delivery/endpoint*.py", "web/*.py", "session/paths.py", "store/*.py"
        )
        | OF_MAKING_LINKS
        if kind in ERRORS and (code in STORE or (code, kind) not in raised("store/*.py", "web/socket.py"))
    }
    of_any_request = set(
        re.findall(r'"([a-z]+-[a-z-]+)"', (SOURCE / "web/exception_handlers.py").read_text())
    ) - {"retry-after"}
    at_the_start = set(first_quoted(OPERATIONS, "Health, logs, stopping"))

    documented = {quoted(row[0])[0]: row[1] for row in rows(GUIDE, "Errors")}

    assert set(documented) == {code for code, _ in of_the_api if code not in at_the_start} | of_any_request
    for code, status in of_the_api:
        assert code in at_the_start or str(status) in documented[code], f"{code} is {status}"


# ── The API ──────────────────────────────────────────────────────────────────────────────────────


def test_the_request_for_a_session_is_documented_with_all_its_fields() -> None:
    aliases = [str(field.alias) for field in CreateSession.model_fields.values()]

    assert sorted(first_quoted(GUIDE, "1. Make a lesson")) == sorted(aliases)
    assert f"`{' '.join(LANGUAGES)}`" in read(GUIDE)


def test_every_path_of_the_api_is_in_the_guide() -> None:
    paths = create_app(Settings(_env_file=None)).openapi()["paths"]
    guide = read(GUIDE).replace("$SESSION", "{id}").replace("{session_id}", "{id}")

    assert [
        path for path in paths if path.replace("{session_id}", "{id}") not in guide + read(OPERATIONS)
    ] == []


def test_the_iframe_of_the_guide_asks_for_what_our_script_asks_for() -> None:
    allow = re.search(r"const ALLOW =\s*'([^']+)'", read("client/src/embed/embed.ts"))

    assert allow
    assert f'allow="{allow[1]}"' in read(GUIDE)
