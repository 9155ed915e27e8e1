"""How many connections the limit of open files allows, and how settings change that."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest
from pydantic import ValidationError
from starlette.responses import PlainTextResponse
from structlog.testing import capture_logs

from langdao_video.server import answers, budget
from langdao_video.server.run import (
    CONNECTIONS_WANTED,
    RESERVE_MAX,
    EdgeServer,
    configure,
    make_edge,
    plan_connections,
)
from langdao_video.settings import Settings
from langdao_video.web.bodies import BODY_BYTES_MAX
from tests.test_docs import OPERATIONS, rows

SECTION = "Connections and their bounds"


@pytest.mark.parametrize(
    ("wanted", "files", "connections"),
    [
        (0, 1_024, 752),
        (0, 256, 176),
        (0, 1_048_576, CONNECTIONS_WANTED),
        (100, 1_024, 100),
        (5_000, 1_024, 752),
        (40_000, 1_048_576, 40_000),
        (0, 8, 2),
    ],
)
def test_a_quarter_of_the_files_is_never_used_for_connections(
    wanted: int, files: int, connections: int
) -> None:
    limits = plan_connections(wanted, 512, files)

    assert limits.connections_max == connections
    assert limits.connections_max + limits.reserve_max <= max(files * 3 // 4, 2 + RESERVE_MAX)
    assert limits.per_address_max <= max(1, connections // 2)


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be() -> None:
    program = (
        "import resource; from langdao_video.server.descriptors import raise_file_limit as up;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 300));"
        "print(up(), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.split() == ["300", "300", "300"]


@pytest.mark.parametrize("names", ["proxy.example", "10.0.0.0/33", "*.example"])
def test_a_proxy_is_named_by_its_address(names: str) -> None:
    with pytest.raises(ValidationError, match="neither an IP address nor a network"):
        Settings(forwarded_allow_ips=(names,))


def test_a_port_that_another_program_has_is_named_with_what_to_set() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(port=taken.getsockname()[1])
        edge = make_edge(settings, 1_024)
        server = EdgeServer(configure(PlainTextResponse("ours"), settings, edge, lifespan="off"), edge)

        with capture_logs() as lines, pytest.raises(SystemExit):
            asyncio.run(server.serve())

    (line,) = (line for line in lines if line["event"] == "port-not-free")
    assert line["port"] == settings.port
    assert "PORT" in line["hint"]


def test_the_bounds_of_connections_are_documented_as_they_are() -> None:
    text = " ".join(" ".join(row) for row in rows(OPERATIONS, SECTION))

    for words in (
        f"{RESERVE_MAX} more",
        f"{answers.HEADER_LINES_MAX} lines",
        f"{answers.HEAD_BYTES_MAX // 1024} KiB",
        f"{answers.URL_BYTES_MAX // 1024} KiB",
        f"{answers.CHUNKS_MAX:,} chunks",
        f"{budget.SOCKETS_PER_SECOND} a second",
    ):
        assert words in text
    codes = {each.code for each in vars(answers).values() if isinstance(each, answers.HttpAnswer)}
    assert {code for code in codes if f"`{code}`" not in text} <= {"not-http", "body-too-large"}


def test_the_edge_names_the_bound_of_a_body_that_the_application_keeps() -> None:
    assert answers.BODY_READ_BYTES_MAX == BODY_BYTES_MAX < answers.BODY_BYTES_MAX
    assert str(BODY_BYTES_MAX) in answers.BODY_TOO_LARGE.message
