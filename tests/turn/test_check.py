"""`turn-check` against a real coturn by deploy/coturn.conf, against one with holes, and against what is no relay."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from langdao_video.commands.turn_check import check_turn
from langdao_video.settings import Settings
from langdao_video.signaling.ice_urls import receive_ice_url
from langdao_video.turn.check import Finding, explain_failure, has_faults, write_findings
from langdao_video.turn.peers import FORBIDDEN
from tests.turn.coturn import SECRET, Coturn, make_certificate, run_coturn
from tests.turn.servers import Talk, closed_port, hang_up, serve_tcp, speak_http, stay_silent

PATIENCE_SECONDS = 20.0
SETTINGS = Settings(stun_urls=())


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with run_coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running


async def check(*urls: str, secret: str = SECRET, authority: Path | None = None) -> list[Finding]:
    now_ms = time.time_ns() // 1_000_000
    return await check_turn(SETTINGS, now_ms, urls, secret, authority=authority, seconds_max=PATIENCE_SECONDS)


def texts(findings: list[Finding], kind: str) -> list[str]:
    return [f"{finding.subject}: {finding.text}" for finding in findings if finding.kind == kind]


@pytest.mark.slow
class TestOurConfiguration:
    async def test_it_relays_by_each_transport_and_nothing_is_open(self, coturn: Coturn) -> None:
        found = await check(*coturn.urls, authority=coturn.certificate)

        assert not has_faults(found), write_findings(found)
        relays = [text for text in texts(found, "ok") if "gives a relay" in text]
        assert [text.split(" ")[1] for text in relays] == ["(UDP):", "(TCP):", "(TLS):"]
        refused = [text for text in texts(found, "ok") if text.endswith("is refused")]
        assert len(refused) == len(FORBIDDEN)
        assert {text.rpartition(": ")[2] for text in texts(found, "ok")} >= {
            "refuses a relay without a credential (401)",
            "refuses a relay with a wrong credential (401)",
            "refuses a relay with an expired credential (401)",
            "relays no TCP (442)",
        }

    async def test_another_secret_gets_no_relay(self, coturn: Coturn) -> None:
        (found,) = await check(coturn.urls[0], secret="another")  # noqa: S106 - of no relay

        assert (found.kind, found.text) == ("failed", "gives no relay: 401 Unauthorized")
        assert "static-auth-secret" in found.mend

    async def test_it_answers_stun_without_a_secret(self, coturn: Coturn) -> None:
        (found,) = await check(f"stun:127.0.0.1:{coturn.port}", secret="")

        assert (found.kind, found.text) == ("ok", "sees this machine at 127.0.0.1")

    async def test_a_certificate_of_no_known_authority_is_one_that_browsers_refuse(
        self, coturn: Coturn
    ) -> None:
        (found,) = await check(coturn.urls[2])

        assert found.kind == "failed"
        assert "certificate that browsers refuse: self-signed certificate" in found.text

    def test_it_speaks_tls_1_2_and_newer_only(self, coturn: Coturn) -> None:
        context = ssl.create_default_context(cafile=coturn.certificate)
        with (
            socket.create_connection(("127.0.0.1", coturn.tls_port), timeout=PATIENCE_SECONDS) as raw,
            context.wrap_socket(raw, server_hostname="127.0.0.1") as wrapped,
        ):
            assert wrapped.version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.slow
class TestHoles:
    @pytest.mark.parametrize(
        ("without", "opened"),
        [
            (r"^denied-peer-ip=|^no-multicast", "10.0.0.0/8 (private): gives a permission for 10.0.0.1"),
            (
                r"^denied-peer-ip=::ffff:0:0-",
                "::ffff:0:0/96 (IPv4-mapped): gives a permission for ::ffff:7f00:1",
            ),
            (r"^no-tcp-relay", "?transport=tcp: relays TCP, so it is a proxy for any service"),
            (r"^use-auth|^static-auth", ": gives a relay without a credential: anyone may use it"),
        ],
    )
    async def test_a_missing_line_is_found_with_its_mend(
        self, tmp_path: Path, without: str, opened: str
    ) -> None:
        with run_coturn(tmp_path, without=without) as coturn:
            found = await check(coturn.urls[0], coturn.urls[1])

        assert any(text.endswith(opened) for text in texts(found, "open")), write_findings(found)
        assert all(finding.mend for finding in found if finding.kind in {"open", "failed"})

    async def test_a_range_that_closes_too_much_is_found(self, tmp_path: Path) -> None:
        with run_coturn(tmp_path, more="denied-peer-ip=::-::ffff:ffff") as coturn:
            found = await check(coturn.urls[0])

        assert any("no call gets through" in text for text in texts(found, "failed"))


@pytest.mark.parametrize("talk", [stay_silent, hang_up, speak_http])
async def test_what_is_no_relay_is_said_within_its_time(talk: Talk) -> None:
    async with serve_tcp(talk) as port:
        (found,) = await check_turn(
            SETTINGS, 0, [f"turn:127.0.0.1:{port}?transport=tcp"], SECRET, seconds_max=0.3
        )

    assert found.kind == "failed"
    assert found.mend


async def test_tls_on_a_port_without_tls_is_said() -> None:
    async with serve_tcp(speak_http) as port:
        (found,) = await check(f"turns:127.0.0.1:{port}?transport=tcp")

    assert found.kind == "failed"
    assert found.text.startswith("speaks no TLS")


async def test_a_relay_that_is_down_is_said_for_each_transport() -> None:
    port = closed_port()

    found = await check(f"turn:127.0.0.1:{port}", f"turns:127.0.0.1:{port}", "turn:no-such-host.invalid")

    assert [(finding.kind, finding.text.split(":")[0]) for finding in found] == [
        ("failed", "refuses the connection"),
        ("failed", "refuses the connection"),
        ("failed", "cannot be reached"),
    ]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (TimeoutError(), "did not answer within 5 s"),
        (ConnectionRefusedError(), "refuses the connection"),
        (ConnectionResetError("it closed the connection"), "cannot be reached: it closed the connection"),
        (ValueError("What came is no STUN message."), "answers something else"),
        (ssl.SSLError(1, "wrong"), "speaks no TLS"),
    ],
)
def test_each_failure_is_said_in_words_with_its_mend(error: Exception, says: str) -> None:
    found = explain_failure("turn:a", receive_ice_url("turns:a:443"), error, 5.0)

    assert says in found.text
    assert found.mend.endswith("?")


def test_the_lines_are_for_people() -> None:
    findings = [Finding("ok", "turn:a", "is fine"), Finding("open", "10.0.0.0/8", "is open", "close it")]

    assert write_findings(findings) == (
        "ok      turn:a: is fine\nopen    10.0.0.0/8: is open\n        mend: close it"
    )
    assert has_faults(findings)
    assert not has_faults(findings[:1])


def test_a_certificate_of_the_tests_is_for_this_machine(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)

    assert ssl.create_default_context(cafile=certificate).get_ca_certs()
