"""Sends one webhook over HTTP and says what came back. Every part of it has a bound.

Law: it connects only to an address that it judged itself a moment before. The status decides as soon as it is there:
the body of an answer is read as it comes, without decoding, and only for the log.
"""

from __future__ import annotations

import asyncio
import ipaddress
import select
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from functools import lru_cache
from typing import Any, Final

import httpcore2
import httpx2

from langdao_video.delivery.port import WebhookAnswer
from langdao_video.delivery.targets import TargetRule, refuse_target

CONNECT_SECONDS_MAX: Final = 5.0
"""From the look-up of the name to the end of the TLS handshake."""
ANSWER_SECONDS_MAX: Final = 15.0
"""From the first byte sent to the last byte read."""
ANSWER_BYTES_MAX: Final = 65_536
RECEIVED_BYTES_MAX: Final = 4 * ANSWER_BYTES_MAX
"""Of one answer with all that is around its body: interim answers and the extensions of chunks may have no end."""
IDLE_SECONDS_MAX: Final = 4.0
"""How long an unused connection stays open: common servers close theirs after five seconds, and we are first."""

_ADDRESSES_MAX: Final = 4
_IDLE_MAX: Final = 128
_CUT_BYTES: Final = 2_000
_AGENT: Final = "langdao-video (webhooks)"

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Return the addresses of a host. Raises OSError."""


class TargetRefused(Exception):
    """A name leads only to addresses that events must not be sent to."""


class HttpTransport:
    """POST over HTTP/1.1, without proxies, redirects or cookies. Connections are kept for the next event."""

    def __init__(
        self,
        rule: TargetRule,
        *,
        certificate: tuple[str, str] | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        """Allow what *rule* allows. *certificate*: the files of our client certificate and its key.

        Raises OSError if a file cannot be read, and ssl.SSLError (an OSError) if it holds something else.
        """
        self._certificate = certificate
        self._backend = JudgedBackend(rule, resolve or Resolver().resolve)
        self._pools: dict[bytes, httpcore2.AsyncConnectionPool] = {}
        if certificate is not None:
            self._pool(b"https")  # a mistake in the settings shows at the start

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """POST *body* once. It raises nothing but a cancellation: whatever goes wrong is an answer."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        got = _Got()
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX) as limit:
                await self._exchange(url, headers, body, limit, got)
        except TimeoutError:
            got.fail(
                f"no answer within {ANSWER_SECONDS_MAX:g} s"
                if got.is_connected
                else f"no connection within {CONNECT_SECONDS_MAX:g} s"
            )
        except Exception as error:  # noqa: BLE001 - what a receiver can do wrong has no list, and each of it is an answer
            got.fail(_describe(error))
        return got.answer(round((loop.time() - begun_s) * 1000))

    async def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()

    async def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes, limit: asyncio.Timeout, got: _Got
    ) -> None:
        target, host = _split(url)

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            if event == "http11.send_request_headers.started":
                got.is_connected = True
                limit.reschedule(asyncio.get_running_loop().time() + ANSWER_SECONDS_MAX)

        request = httpcore2.Request(
            "POST",
            target,
            headers=[
                (b"Host", host),
                (b"Content-Type", b"application/json"),
                (b"Content-Length", b"%d" % len(body)),
                (b"User-Agent", _AGENT.encode()),
                (b"Accept", b"*/*"),
                *((name.encode(), value.encode()) for name, value in headers.items()),
            ],
            content=body,
            extensions={"timeout": {"connect": CONNECT_SECONDS_MAX}, "trace": trace},
        )
        response = await self._pool(target.scheme).handle_async_request(request)
        try:
            got.take_head(response)
            await _read(response, got)
        finally:
            await response.aclose()  # an answer that was not read to its end closes the connection

    def _pool(self, scheme: bytes) -> httpcore2.AsyncConnectionPool:
        pool = self._pools.get(scheme)
        if pool is None:
            # Loading all certificate authorities takes long, so only the first https URL does it.
            is_tls = scheme == b"https"
            pool = self._pools[scheme] = httpcore2.AsyncConnectionPool(
                ssl_context=make_context(self._certificate) if is_tls else None,
                max_connections=None,  # the pace of each endpoint is the bound; nobody waits for a connection
                max_keepalive_connections=_IDLE_MAX,
                keepalive_expiry=IDLE_SECONDS_MAX,
                network_backend=self._backend,
            )
        return pool


class _Got:
    """What has come back so far."""

    def __init__(self) -> None:
        self.is_connected = False
        self._status: int | None = None
        self._retry_after: str | None = None
        self._error: str | None = None
        self.cut = bytearray()

    def take_head(self, response: httpcore2.Response) -> None:
        """Keep the status: from now on it decides, whatever becomes of the body."""
        self._status = response.status
        for name, value in response.headers:
            if name.lower() == b"retry-after":
                self._retry_after = value.decode("latin-1")

    def fail(self, error: str) -> None:
        """Note what went wrong, if no status has come."""
        if self._status is None:
            self._error = _tidy(error)

    def answer(self, duration_ms: int) -> WebhookAnswer:
        """Return the answer."""
        return WebhookAnswer(
            status=self._status,
            error=self._error,
            retry_after=self._retry_after,
            cut=_tidy(self.cut.decode("utf-8", "replace")),
            duration_ms=duration_ms,
        )


async def _read(response: httpcore2.Response, got: _Got) -> None:
    """Read the body up to its bound, and keep its beginning."""
    read = 0
    async with aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            got.cut += chunk[: _CUT_BYTES - len(got.cut)]
            read += len(chunk)
            if read >= ANSWER_BYTES_MAX:
                return


class JudgedBackend(httpcore2.AsyncNetworkBackend):
    """Resolve a host at each connection, and connect to the judged address itself: nobody resolves it again."""

    def __init__(self, rule: TargetRule, resolve: Resolve) -> None:
        self._rule = rule
        self._resolve = resolve
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2 names it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first allowed address that answers."""
        found = await self._resolve(host)
        refusals = {address: refuse_target(address, self._rule) for address in found}
        allowed = [address for address, kind in refusals.items() if kind is None][:_ADDRESSES_MAX]
        if not allowed:
            kinds = " and ".join(sorted({kind for kind in refusals.values() if kind})) or "without an address"
            raise TargetRefused(
                f"target-refused: the address of {host} is {kinds}. WEBHOOK_PRIVATE_TARGETS can allow it."
            )
        error: Exception | None = None
        for number, address in enumerate(allowed):
            share = None if timeout is None else timeout / (len(allowed) - number)
            try:
                return _Stream(
                    await self._network.connect_tcp(address, port, share, local_address, socket_options)
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
        raise error or httpcore2.ConnectError("no connection")


class _Stream(httpcore2.AsyncNetworkStream):
    """A connection that tells cheaply whether its peer has closed it, and takes no answer without end.

    For each request the pool asks the first of all its idle connections, and anyio's way to the socket is long.
    """

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner
        self._socket: socket.socket = inner.get_extra_info("socket")
        self._received_bytes = 0
        """Since the newest write, which belongs to the request."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore2 names it
        """Read. Raises ReadError beyond RECEIVED_BYTES_MAX."""
        read = await self._inner.read(max_bytes, timeout)
        self._received_bytes += len(read)
        if self._received_bytes > RECEIVED_BYTES_MAX:
            raise httpcore2.ReadError(f"the answer has more than {RECEIVED_BYTES_MAX} bytes")
        return read

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore2 names it
        """Write."""
        self._received_bytes = 0
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2 names it
    ) -> httpcore2.AsyncNetworkStream:
        """Go on under TLS."""
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore2's own type
        """Tell about the connection."""
        if info != "is_readable":
            return self._inner.get_extra_info(info)
        number = self._socket.fileno()
        if number < 0:
            return True
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))


class Resolver:
    """Look names up with the system's resolver. A name has one thread at most, and a slow name holds up no other."""

    def __init__(self, look_up: Callable[[str], Sequence[str]] | None = None) -> None:
        self._look_up = look_up or _look_up
        self._running: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def resolve(self, host: str) -> Sequence[str]:
        """Return the addresses of *host*. Raises OSError."""
        with suppress(ValueError):
            return [str(ipaddress.ip_address(host.strip("[]")))]
        running = self._running.get(host)
        if running is None:
            running = self._running[host] = self._begin(host)
            running.add_done_callback(lambda done: self._forget(host, done))
        return await asyncio.shield(running)

    def _forget(self, host: str, done: asyncio.Future[Sequence[str]]) -> None:
        self._running.pop(host, None)
        if not done.cancelled():
            done.exception()  # nobody may be waiting any more

    def _begin(self, host: str) -> asyncio.Future[Sequence[str]]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Sequence[str]] = loop.create_future()

        def finish(addresses: Sequence[str], error: Exception | None) -> None:
            if found.done():
                return
            if error is None:
                found.set_result(addresses)
            else:
                found.set_exception(error)

        def run() -> None:
            addresses: Sequence[str] = ()
            error: Exception | None = None
            try:
                addresses = self._look_up(host)
            except Exception as failed:  # noqa: BLE001 - it is raised where the addresses are waited for
                error = failed
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(finish, addresses, error)

        # A daemon, because the system's resolver may take half a minute, and a stop does not wait for it.
        threading.Thread(target=run, name=f"resolve-{host[:32]}", daemon=True).start()
        return found


def _look_up(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def make_context(certificate: tuple[str, str] | None) -> ssl.SSLContext:
    """Trust the system's authorities, or those in SSL_CERT_FILE and SSL_CERT_DIR, which OpenSSL itself reads."""
    context = ssl.create_default_context()
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context


@lru_cache(maxsize=256)
def _split(url: str) -> tuple[httpcore2.URL, bytes]:
    """Return what httpcore2 needs of *url*, and the header Host."""
    parts = httpx2.URL(url)
    target = httpcore2.URL(
        scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path
    )
    return target, parts.netloc


def _describe(error: Exception) -> str:
    if isinstance(error, TargetRefused):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _tidy(text: str) -> str:
    """Replace what is no visible text: the receiver wrote it, and an operator's terminal shows it."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)
