"""The structure of the code: sizes, depth, what pure code may import, and where parts are joined."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from scripts.draw_arrows import draw_page, read_table

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "src" / "langdao_video"
FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 49

# Pure packages have rules, and each file in them must be pure. The exceptions drive the rules and may do I/O.
PURE_PACKAGES: Final = (
    "across_nodes",
    "session",
    "billing",
    "signaling",
    "views",
    "in_process",
    "apart",
    "delivery",
    "platform",
    "server",
    "turn",
    "tallies.py",
)
DRIVERS: Final = {
    "across_nodes/exchange.py",
    "across_nodes/joining.py",
    "across_nodes/pages.py",
    "across_nodes/requests.py",
    "across_nodes/visitors.py",
    "apart/rooms.py",
    "billing/heartbeats.py",
    "billing/live.py",
    "billing/monitor.py",
    "billing/presence.py",
    "billing/reading.py",
    "billing/service.py",
    "delivery/endpoint_book.py",
    "delivery/dispatcher.py",
    "delivery/port.py",
    "delivery/target_probe.py",
    "delivery/transport.py",
    "delivery/worker.py",
    "in_process/backend.py",
    "in_process/chat_book.py",
    "in_process/listeners.py",
    "platform/__init__.py",
    "platform/client.py",
    "platform/fastapi.py",
    "platform/webhooks.py",
    "server/descriptors.py",
    "server/workers.py",
    "server/edge.py",
    "server/fast_socket.py",
    "server/http.py",
    "server/metrics_port.py",
    "server/run.py",
    "server/websocket.py",
    "signaling/chat_writer.py",
    "signaling/admission.py",
    "signaling/connection.py",
    "signaling/hosted.py",
    "signaling/hub.py",
    "signaling/ice_command.py",
    "signaling/outbox.py",
    "signaling/queue_worker.py",
    "signaling/port.py",
    "signaling/room_loader.py",
    "turn/check.py",
    "turn/client.py",
}
# Modules that make a rule depend on more than its arguments, or on one framework or store.
IMPURE: Final = {
    *("asyncio", "threading", "concurrent", "multiprocessing", "contextvars"),
    *("time", "random", "secrets", "uuid"),
    *("os", "pathlib", "socket", "subprocess", "sqlite3", "logging", "structlog", "tempfile"),
    *("fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "aiosqlite", "asyncpg"),
    *("httpx2", "websockets", "sse_starlette", "jinja2", "pydantic_settings", "prometheus_client"),
}
PURE_PARTS: Final = {"websockets.speedups", "websockets.utils"}
"""Functions of values, in packages that do I/O."""
DECLARATIONS: Final = {
    f"langdao_video.{name}" for name in ("errors", "delivery.port", "store.port", "store.delivery_port")
}
"""Values and protocols, without code that runs."""
COMPOSE: Final = {
    "app.py",
    "cli.py",
    "commands/doctor.py",
    "commands/link.py",
    "commands/parts.py",
    "revoke.py",
    "__main__.py",
}
READS_ENVIRONMENT: Final = {"settings.py"}
ARROWS: Final = read_table()["python"]
"""Which folders of the package a folder imports."""


def _sources(*folders: str, suffixes: tuple[str, ...]) -> list[Path]:
    """List the files written by hand, without built, installed or cached files."""
    made = {"node_modules", "static", "__pycache__"}
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes and not made & set(path.relative_to(ROOT).parts)
    ]


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _dotted(path: Path) -> str:
    return f"langdao_video.{_name(path).removesuffix('.py').replace('/', '.')}"


PYTHON: Final = _sources("src", "tests", "bench", "scripts", "tools", suffixes=(".py",))
MODULES: Final = _sources("src", suffixes=(".py",))
TOOLS: Final = _sources("tools", suffixes=(".py",))
PURE: Final = [
    path for path in MODULES if _name(path).split("/")[0] in PURE_PACKAGES and _name(path) not in DRIVERS
]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _imports(path: Path) -> Iterator[str]:
    """Yield the full names of all modules and names that a file imports."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _code_lines(path: Path) -> set[int]:
    """Return the lines with code, without blank lines and comments."""
    silent = {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
        *(tokenize.ENCODING, tokenize.ENDMARKER),
    }
    tokens = tokenize.tokenize(io.BytesIO(path.read_bytes()).readline)
    return {
        line
        for token in tokens
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    }


def _long_functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the functions that are too long with their lines of code: signature and body without docstring."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if len(lines) <= FUNCTION_LINES_MAX:
                continue
            body = set(lines) & _code_lines(path)
            if ast.get_docstring(node) is not None:
                docstring = node.body[0]
                body -= set(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
            if len(body) > FUNCTION_LINES_MAX:
                yield node.name, len(body)


def test_no_file_is_longer_than_a_person_keeps_in_mind() -> None:
    written = (".py", ".ts", ".tsx", ".js", ".css", ".html")
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in _sources("src", "client", "tests", "bench", "scripts", "tools", suffixes=written)
    }

    assert len(lengths) > len(MODULES)
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {str(path.relative_to(ROOT)): found for path in PYTHON if (found := list(_long_functions(path)))}

    assert long == {}


def test_lines_of_code_are_counted_without_docstring_comments_and_blanks(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    around = "    # Why.\n\n" + '    """Say.\n\n    More.\n    """\n'
    fits = f"def fits():\n{around}" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)
    too_long = f"def too_long():\n{around}" + "    x = 1\n" * FUNCTION_LINES_MAX
    source.write_text(fits + too_long)

    assert [name for name, _ in _long_functions(source)] == ["too_long"]


def test_the_package_is_two_levels_deep() -> None:
    # Migrations are one folder deeper, beside the tables that they make.
    deep = [_name(path) for path in MODULES if len(Path(_name(path)).parts) > 2]

    assert [name for name in deep if not name.startswith("store/migrations/")] == []


@pytest.mark.parametrize("path", PURE, ids=_name)
def test_pure_code_knows_no_clock_no_chance_and_no_outside(path: Path) -> None:
    imported = set(_imports(path))
    ours = imported & {_dotted(module) for module in MODULES}

    assert {name for name in imported if name.split(".")[0] in IMPURE and not _is_pure_part(name)} == set()
    assert ours <= {_dotted(module) for module in PURE} | DECLARATIONS
    assert not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(_tree(path)))


def _is_pure_part(name: str) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in PURE_PARTS)


def _folder(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def _arrows() -> set[tuple[str, str]]:
    """Return (folder, module of another folder) for every import of the package, by itself or by a tool."""
    modules = {_dotted(module).removeprefix("langdao_video.") for module in MODULES}
    importers = {path: _folder(_dotted(path).removeprefix("langdao_video.")) for path in MODULES}
    importers |= {path: path.parent.relative_to(ROOT).as_posix() for path in TOOLS}
    names = {
        (folder, name.removeprefix("langdao_video."))
        for path, folder in importers.items()
        for name in _imports(path)
        if name.startswith("langdao_video.")
    }
    return {(folder, name) for folder, name in names if name in modules and _folder(name) != folder}


def test_the_package_imports_nothing_of_the_workshop() -> None:
    workshop = {"bench", "scripts", "tests", "tools"}

    assert {_name(path) for path in MODULES for name in _imports(path) if _folder(name) in workshop} == set()


def test_no_import_is_without_an_arrow() -> None:
    unknown = {
        (folder, module)
        for folder, module in _arrows()
        if not {_folder(module), module} & set(ARROWS.get(folder, ()))
    }

    assert unknown == set(), "add the arrow to tests/arrows.json only if the design wants it"


def test_no_arrow_is_without_an_import() -> None:
    imported = {(folder, end) for folder, module in _arrows() for end in (_folder(module), module)}

    assert {(folder, end) for folder, ends in ARROWS.items() for end in ends} - imported == set()


def test_the_documents_show_the_arrows() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")

    assert draw_page(page, read_table()) == page, "make diagrams"


def test_a_page_without_a_place_for_the_arrows_is_refused() -> None:
    with pytest.raises(ValueError, match="0 places for the arrows of 'python'"):
        draw_page("# Architecture\n", {"python": {"session": ["errors"]}})


def test_no_class_name_is_in_the_package_twice() -> None:
    names = Counter(
        node.name
        for path in [*MODULES, *TOOLS]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef)
    )

    assert [name for name, count in names.items() if count > 1] == []


def test_pure_files_and_their_drivers_are_known() -> None:
    names = {_name(path) for path in PURE}

    assert {"session/events.py", "billing/meter.py", "billing/money.py", "signaling/room.py"} <= names
    assert {driver for driver in DRIVERS if driver.endswith("service.py")} <= {
        _name(path) for path in MODULES
    }


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        _name(path)
        for path in MODULES
        for name in _imports(path)
        if name in {"os.environ", "os.getenv"} or name.split(".")[0] in {"pydantic_settings", "dotenv"}
    } | {_name(path) for path in MODULES for node in ast.walk(_tree(path)) if _is_environment(node)}

    assert readers <= READS_ENVIRONMENT


def _is_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}


def test_parts_are_joined_in_one_place() -> None:
    root = {"langdao_video.app", "langdao_video.cli", "langdao_video.store.sql", "langdao_video.store.memory"}
    # A store knows itself.
    elsewhere = [
        path for path in MODULES if _name(path) not in COMPOSE and not _name(path).startswith("store/")
    ]

    joined = {_name(path): found for path in elsewhere if (found := root & set(_imports(path)))}
    made = {
        _name(path)
        for path in elsewhere
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in {"Settings", "SystemClock", "SqlStore", "MemoryStore", "create_app"}
    }

    assert joined == {}
    assert made == set()


WATCHED_IMPORT: Final = """
import importlib, pkgutil, sys

import langdao_video

FORBIDDEN = {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.system"}

def watch(event, arguments):
    if event in FORBIDDEN:
        raise AssertionError(f"{event} at import of {current}")

names = [module.name for module in pkgutil.walk_packages(langdao_video.__path__, "langdao_video.")]
sys.addaudithook(watch)
for current in names:
    # `python -m` runs this one, and alembic the other, inside a migration: they are programs, not modules.
    if current not in {"langdao_video.__main__", "langdao_video.store.migrations.env"}:
        importlib.import_module(current)
print(len(names))
"""


def test_importing_any_module_connects_to_nothing() -> None:
    run = subprocess.run([sys.executable, "-c", WATCHED_IMPORT], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > len(PURE)


LIBRARY_IMPORT: Final = """
import sys

import langdao_video.platform

named = {name.split(".")[0] for name in sys.modules if not name.startswith("_sysconfigdata")}
print(*named - sys.stdlib_module_names - {"__main__"})
print(*{name.split(".")[1] for name in sys.modules if name.startswith("langdao_video.")})
"""


def test_the_library_for_platforms_needs_pydantic_and_no_part_of_the_service() -> None:
    command = [sys.executable, "-S", "-c", f"import sys; sys.path += {sys.path}\n{LIBRARY_IMPORT}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    libraries, folders = (set(line.split()) for line in run.stdout.splitlines())

    assert libraries == {
        *("langdao_video", "pydantic", "pydantic_core"),
        *("annotated_types", "typing_extensions", "typing_inspection"),
    }
    assert folders == {"delivery", "errors", "platform", "session"}
