"""The command `turn-check`: which servers it asks, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from langdao_video import cli
from langdao_video.commands.turn_check import check_turn
from langdao_video.errors import BadRequest
from langdao_video.settings import Settings
from tests.turn.servers import closed_port

SECRET = "hush"  # noqa: S105 - of no relay


def dead(scheme: str = "turn") -> str:
    return f"{scheme}:127.0.0.1:{closed_port()}"


async def test_it_asks_every_server_that_a_page_would_get(tmp_path: Path) -> None:
    urls = [dead("stun"), dead(), dead(), dead()]
    credentials = '"username": "u", "credential": "c"'
    listed = tmp_path / "list.json"
    listed.write_text(f'[{{"urls": "{urls[3]}", {credentials}}}]')
    settings = Settings(
        stun_urls=(urls[0],),
        turn_urls=(urls[1],),
        turn_secret=SECRET,
        ice_servers=f'[{{"urls": "{urls[2]}", {credentials}}}]',
        ice_servers_command=f"cat {listed}",
    )

    found = await check_turn(settings, 0)

    said = {finding.subject.split(" ")[0]: finding for finding in found}
    assert said.keys() == {"ICE_SERVERS_COMMAND", *urls}
    assert said["ICE_SERVERS_COMMAND"].kind == "ok"
    assert all(said[url].kind == "failed" for url in urls)


async def test_a_command_that_fails_is_a_line() -> None:
    (found,) = await check_turn(Settings(stun_urls=(), ice_servers_command="/no/such/command"), 0)

    assert (found.kind, found.subject) == ("failed", "ICE_SERVERS_COMMAND")


@pytest.mark.parametrize(
    ("urls", "secret", "code"),
    [
        ([], "", "no-ice-servers"),
        (["turn:a"], "", "ice-server-invalid"),
        (["http://a"], SECRET, "ice-server-invalid"),
    ],
)
async def test_what_cannot_be_checked_is_said(urls: list[str], secret: str, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await check_turn(Settings(stun_urls=()), 0, urls, secret)

    assert refused.value.code == code


async def test_an_authority_that_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="--ca"):
        await check_turn(Settings(), 0, [dead()], SECRET, authority=tmp_path / "none.pem")


def test_the_exit_status_tells_scripts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUN_URLS", "none")

    def status_of(*urls: str, secret: str = "") -> object:
        with pytest.raises(SystemExit) as ended:
            cli.turn_check(*urls, secret=secret)
        return ended.value.code

    assert status_of() == 2
    assert "There is nothing to check" in capsys.readouterr().err
    assert status_of(dead(), secret=SECRET) == 1
    assert "refuses the connection" in capsys.readouterr().out
