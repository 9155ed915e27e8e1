"""One webhook over HTTP: every receiver gets an answer in bounded time and memory, and the status decides."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from langdao_video.delivery import transport as module
from langdao_video.delivery.port import WebhookAnswer
from langdao_video.delivery.targets import TargetRule
from langdao_video.delivery.transport import HttpTransport, Resolver
from tests.delivery.receivers import Request, Serve, answer, drip, hang, receiving, reset

LOOPBACK = TargetRule(allows_loopback=True)


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    made = HttpTransport(LOOPBACK)
    yield made
    await made.close()


async def post_to(transport: HttpTransport, serve: Serve) -> WebhookAnswer:
    async with receiving(serve) as receiver:
        return await transport.post(receiver.url, {"webhook-id": "evt_1"}, b'{"type": "x"}')


async def test_it_posts_the_bytes_and_the_headers_it_was_given(transport: HttpTransport) -> None:
    async with receiving(answer(200)) as receiver:
        got = await transport.post(receiver.url, {"webhook-id": "evt_1"}, '{"name": "Zoë"}'.encode())

    assert (got.status, got.error, got.cut) == (200, None, '{"success": true}')
    [request] = receiver.requests
    assert request.raw == '{"name": "Zoë"}'.encode()
    assert request.path == "/events"
    assert request.headers["webhook-id"] == "evt_1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"localhost:{receiver.port}"


async def test_the_next_event_takes_the_same_connection(transport: HttpTransport) -> None:
    async with receiving(answer(204, b"")) as receiver:
        for _ in range(3):
            await transport.post(receiver.url, {}, b"{}")

    assert receiver.connections == 1


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 400, 404, 410, 429, 500, 503])
async def test_the_status_is_told_as_it_came_and_no_redirect_is_followed(
    transport: HttpTransport, status: int
) -> None:
    got = await post_to(transport, answer(status, b"", location="http://127.0.0.1:9/", retry_after="7"))

    assert (got.status, got.retry_after) == (status, "7")


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "nonsense"])
async def test_a_wrong_content_encoding_is_no_failure(transport: HttpTransport, encoding: str) -> None:
    got = await post_to(transport, answer(200, b"this is plain text", content_encoding=encoding))

    assert (got.status, got.error) == (200, None)


class TestWithinItsBounds:
    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "ANSWER_SECONDS_MAX", 0.3)

    async def test_no_answer_ends_at_the_bound(self, transport: HttpTransport) -> None:
        got = await post_to(transport, hang)

        assert (got.status, got.error) == (None, "no answer within 0.3 s")

    async def test_a_head_that_drips_ends_at_the_bound(self, transport: HttpTransport) -> None:
        got = await post_to(transport, drip(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"))

        assert (got.status, got.error) == (None, "no answer within 0.3 s")

    async def test_interim_answers_without_end_do_too(self, transport: HttpTransport) -> None:
        got = await post_to(transport, drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))

        assert (got.status, got.error) == (None, "no answer within 0.3 s")

    async def test_a_body_that_drips_does_not_undo_the_status(
        self, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            module, "ANSWER_SECONDS_MAX", 3.0
        )  # the head comes in time on a busy machine, too
        head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"

        got = await post_to(transport, drip(head, b"z"))

        assert (got.status, got.error) == (200, None)
        assert got.cut.startswith("zz")


@pytest.mark.parametrize("head", [b"transfer-encoding: chunked", b"content-length: 99999999999", b"x: y"])
async def test_an_answer_without_end_is_read_to_the_bound_only(transport: HttpTransport, head: bytes) -> None:
    block = b"a" * 60_000
    sent = 0

    async def serve(_: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        while not writer.is_closing() and sent < 100_000_000:
            writer.write(b"%x\r\n%s\r\n" % (len(block), block) if b"chunked" in head else block)
            await writer.drain()
            sent += len(block)
        await asyncio.Event().wait()

    got = await post_to(transport, serve)

    assert got.status == 200
    assert len(got.cut) <= 2_000
    assert sent < 50_000_000, "the rest was in the buffers of the system, and nobody read it"


@pytest.mark.parametrize(
    ("head", "block", "status"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000, None),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            b"1;%b\r\nx\r\n" % (b"y" * 15_000) * 4,
            200,
        ),
    ],
    ids=["interim", "extensions"],
)
async def test_what_surrounds_a_body_has_an_end_too(
    transport: HttpTransport, head: bytes, block: bytes, status: int | None
) -> None:
    sent = 0

    async def serve(_: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(head)
        while not writer.is_closing():
            writer.write(block)
            await writer.drain()
            sent += len(block)

    got = await post_to(transport, serve)

    assert got.status == status
    assert got.error == (
        None if status else f"ReadError: the answer has more than {module.RECEIVED_BYTES_MAX} bytes"
    )
    assert sent < 50_000_000, "the rest was in the buffers of the system, and nobody read it"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 2",
        b"220 smtp.example ESMTP\r\n",
        b"\x16\x03\x01",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    ],
    ids=["nothing", "half", "smtp", "tls", "header"],
)
async def test_what_is_no_http_is_an_error_in_words(transport: HttpTransport, said: bytes) -> None:
    async def serve(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    got = await post_to(transport, serve)

    assert got.status is None
    assert got.error


async def test_a_reset_is_an_error_and_the_next_post_works(transport: HttpTransport) -> None:
    async with receiving(reset) as receiver:
        first = await transport.post(receiver.url, {}, b"{}")
        receiver.serve = answer(200)
        second = await transport.post(receiver.url, {}, b"{}")

    assert (first.status, second.status) == (None, 200)
    assert first.error


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://[", "nonsense", "ftp://x/", "http://-.☃/events", "http://[::1/e", "http://x:y/"],
)  # fmt: skip
async def test_a_url_that_leads_nowhere_is_an_error(transport: HttpTransport, url: str) -> None:
    got = await transport.post(url, {}, b"{}")

    assert got.status is None
    assert got.error


async def test_what_a_terminal_would_obey_is_not_kept(transport: HttpTransport) -> None:
    got = await post_to(transport, answer(500, b"\x1b[2J\x00\xff oops"))

    assert got.cut == "�[2J�� oops"


class TestTheTarget:
    async def test_a_private_address_is_not_connected_to(self) -> None:
        strict = HttpTransport(TargetRule())
        async with receiving(answer(200)) as receiver:
            got = await strict.post(receiver.url, {}, b"{}")
        await strict.close()

        assert got.error is not None
        assert got.error.startswith("target-refused: the address of localhost is loopback")
        assert receiver.connections == 0

    async def test_the_second_look_is_judged_too(self) -> None:
        looks: list[Sequence[str]] = [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254", "::ffff:192.168.0.1"]]

        async def resolve(_: str) -> Sequence[str]:
            return looks.pop(0)

        transport = HttpTransport(LOOPBACK, resolve=resolve)
        async with receiving(answer(200, b"", connection="close")) as receiver:

            async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
                await answer(200, b"", connection="close")(request, writer)
                writer.close()

            receiver.serve = serve
            url = receiver.url.replace("localhost", "rebinding.example")
            answers = [await transport.post(url, {}, b"{}") for _ in range(3)]
        await transport.close()

        assert [each.status for each in answers] == [200, None, None]
        assert "private" in str(answers[1].error)
        assert "link-local and private" in str(answers[2].error)

    async def test_of_several_addresses_the_allowed_ones_are_tried_in_turn(self) -> None:
        async def resolve(_: str) -> Sequence[str]:
            return ["10.0.0.1", "127.0.0.2", "127.0.0.1"]

        transport = HttpTransport(LOOPBACK, resolve=resolve)
        async with receiving(answer(200)) as receiver:  # listens on 127.0.0.1 only
            got = await transport.post(receiver.url, {}, b"{}")
        await transport.close()

        assert got.status == 200

    async def test_a_name_that_is_slow_to_look_up_ends_at_the_bound_and_holds_up_no_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "CONNECT_SECONDS_MAX", 2.5)

        async def resolve(host: str) -> Sequence[str]:
            if host == "slow.example":
                await asyncio.Event().wait()
            return ["127.0.0.1"]

        transport = HttpTransport(LOOPBACK, resolve=resolve)
        async with receiving(answer(200)) as receiver:
            slow, quick = await asyncio.gather(
                transport.post("http://slow.example/", {}, b"{}"), transport.post(receiver.url, {}, b"{}")
            )
        await transport.close()

        assert (slow.error, quick.status) == ("no connection within 2.5 s", 200)


class TestTheResolver:
    async def test_an_address_needs_no_look_up(self) -> None:
        def look_up(host: str) -> Sequence[str]:
            raise AssertionError(host)

        resolver = Resolver(look_up)

        assert await resolver.resolve("127.0.0.1") == ["127.0.0.1"]
        assert await resolver.resolve("::1") == ["::1"]

    async def test_those_who_ask_at_once_share_one_look_up_and_later_ones_get_their_own(self) -> None:
        looks: list[str] = []

        def look_up(host: str) -> Sequence[str]:
            looks.append(host)
            return ["127.0.0.1"]

        resolver = Resolver(look_up)
        await asyncio.gather(*(resolver.resolve("a.example") for _ in range(5)))
        await resolver.resolve("a.example")

        assert looks == ["a.example"] * 2

    async def test_a_name_without_an_address_is_an_error(self) -> None:
        with pytest.raises(OSError, match=r"."):
            await Resolver().resolve("nowhere.invalid")


def make_certificate(folder: Path, *, days: int, name: str = "localhost") -> tuple[Path, Path]:
    """Make a certificate that is valid for *days* from two days ago on, and return the files of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}-{days}.pem", folder / f"{name}-{days}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class TestTls:
    async def post(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, days: int, trusted: bool = True
    ) -> WebhookAnswer:
        pem, key = make_certificate(tmp_path, days=days)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(pem, key)
        transport = HttpTransport(LOOPBACK)
        async with receiving(answer(200), tls=server) as receiver:
            got = await transport.post(receiver.url, {}, b"{}")
        await transport.close()
        return got

    async def test_an_authority_in_ssl_cert_file_is_trusted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await self.post(tmp_path, monkeypatch, days=30)).status == 200

    async def test_an_unknown_authority_is_not(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        got = await self.post(tmp_path, monkeypatch, days=30, trusted=False)

        assert "CERTIFICATE_VERIFY_FAILED" in str(got.error)

    async def test_an_expired_certificate_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        got = await self.post(tmp_path, monkeypatch, days=1)

        assert "certificate has expired" in str(got.error)

    async def test_a_client_certificate_is_shown(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pem, key = make_certificate(tmp_path, days=30)
        ours, our_key = make_certificate(tmp_path, days=30, name="us")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(pem, key)
        server.load_verify_locations(ours)
        server.verify_mode = ssl.CERT_REQUIRED
        known = HttpTransport(LOOPBACK, certificate=(str(ours), str(our_key)))
        unknown = HttpTransport(LOOPBACK)

        async with receiving(answer(200), tls=server) as receiver:
            answers = [await each.post(receiver.url, {}, b"{}") for each in (known, unknown)]
        await known.close()
        await unknown.close()

        assert [each.status for each in answers] == [200, None]

    def test_a_client_certificate_that_is_not_there_shows_at_the_start(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match=r"."):
            HttpTransport(LOOPBACK, certificate=(str(tmp_path / "no.pem"), str(tmp_path / "no.key")))
