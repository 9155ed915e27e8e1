"""Checks STUN and TURN servers from outside: which transports work, and what a stranger could reach by the relay.

Law: it only asks. No packet goes to a peer.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from langdao_video.signaling.ice_urls import IceUrl, receive_ice_url
from langdao_video.signaling.messages import IceServer
from langdao_video.turn.client import ANSWER_SECONDS_MAX, TurnClient, open_turn
from langdao_video.turn.peers import ALLOWED, FORBIDDEN, ForbiddenNetwork
from langdao_video.turn.stun import Attribute, Ip, StunAnswer

Kind = Literal["ok", "open", "failed", "note"]
_FORBIDDEN: Final = 403
_UNAUTHORIZED: Final = 401
_TCP: Final = b"\x06\0\0\0"

MENDS: Final = {
    400: "It does not understand the request: is this a TURN server?",
    401: "Username or credential is wrong. Is TURN_SECRET the static-auth-secret, is use-auth-secret set, and do both "
    "machines' clocks agree?",
    403: "The server forbids relays to this client: look for denied addresses in its configuration.",
    437: "It still has a relay for this port: try again in a moment.",
    442: "It has no relays of UDP: coturn needs no `no-udp-relay`.",
    486: "The quota of this user is used up: raise user-quota, or wait until the relays of the last check expire.",
    508: "It has no port left: widen min-port to max-port, or raise total-quota.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: what was looked at, what was found, and what mends it."""

    kind: Kind
    subject: str
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCheck:
    """What is checked, and with what."""

    servers: Sequence[IceServer]
    expired: tuple[str, str] | None = None
    """A credential by the REST scheme that has expired: no relay may take it."""
    trust: ssl.SSLContext
    seconds_max: float = ANSWER_SECONDS_MAX

    async def run(self) -> AsyncIterator[Finding]:
        """Check each address, and what each relay refuses once: by the first address that works."""
        checked: set[str] = set()
        checked_tcp: set[str] = set()
        for server in self.servers:
            for text in server.urls:
                url = receive_ice_url(text)
                works = False
                async for finding in self._check_address(text, url, server):
                    works = works or (finding.kind == "ok" and url.is_relay)
                    yield finding
                if works and url.host not in checked:
                    checked.add(url.host)
                    async for finding in self._check_refusals(text, url, _credential_of(server)):
                        yield finding
                if works and url.transport != "udp" and url.host not in checked_tcp:
                    checked_tcp.add(url.host)
                    yield await self._check_tcp_relay(text, url, _credential_of(server))

    async def _check_address(self, text: str, url: IceUrl, server: IceServer) -> AsyncIterator[Finding]:
        subject = f"{text} ({url.transport.upper()})"
        try:
            async with open_turn(url, self.trust, self.seconds_max) as client:
                if not url.is_relay:
                    yield _read_binding(subject, await client.bind())
                    return
                answer = await client.allocate(_credential_of(server))
                for finding in _read_allocation(subject, answer):
                    yield finding
                if answer.error is None:
                    await client.release()
        except (OSError, ValueError) as error:
            yield explain_failure(subject, url, error, self.seconds_max)

    async def _check_refusals(
        self, text: str, url: IceUrl, credential: tuple[str, str]
    ) -> AsyncIterator[Finding]:
        try:
            yield await self._check_stranger(text, url, None)
            yield await self._check_stranger(text, url, (credential[0], f"not {credential[1]}"))
            if (
                self.expired is not None
                and self.expired[0].partition(":")[2] == credential[0].partition(":")[2]
            ):
                yield await self._check_stranger(text, url, self.expired)
            for family in (4, 6):
                async for finding in self._check_peers(text, url, credential, family):
                    yield finding
        except (OSError, ValueError) as error:
            yield explain_failure(f"{text}: what it refuses", url, error, self.seconds_max)

    async def _check_stranger(self, text: str, url: IceUrl, credential: tuple[str, str] | None) -> Finding:
        whom = (
            "without a credential"
            if credential is None
            else "with an expired credential"
            if credential is self.expired
            else "with a wrong credential"
        )
        async with open_turn(url, self.trust, self.seconds_max) as client:
            answer = await client.allocate(credential)
            if answer.error is not None:
                return Finding("ok", text, f"refuses a relay {whom} ({answer.error})")
            await client.release()
        return Finding(
            "open",
            text,
            f"gives a relay {whom}: anyone may use it",
            "coturn: set use-auth-secret and static-auth-secret, and no `no-auth`.",
        )

    async def _check_tcp_relay(self, text: str, url: IceUrl, credential: tuple[str, str]) -> Finding:
        try:
            async with open_turn(url, self.trust, self.seconds_max) as client:
                answer = await client.allocate(credential, transport=_TCP)
                if answer.error is not None:
                    return Finding("ok", text, f"relays no TCP ({answer.error})")
                await client.release()
        except (OSError, ValueError) as error:
            return explain_failure(f"{text}: whether it relays TCP", url, error, self.seconds_max)
        return Finding(
            "open", text, "relays TCP, so it is a proxy for any service", "coturn: set no-tcp-relay."
        )

    async def _check_peers(
        self, text: str, url: IceUrl, credential: tuple[str, str], family: int
    ) -> AsyncIterator[Finding]:
        async with open_turn(url, self.trust, self.seconds_max) as client:
            answer = await client.allocate(credential, family=family)
            if answer.error is not None:
                yield Finding("note", text, f"has no relay in IPv{family}, so nothing there can be reached")
                return
            usual = await client.permit(ALLOWED[family])
            if usual.error is not None:
                yield Finding(
                    "failed",
                    text,
                    f"refuses public peers too ({ALLOWED[family]}: {_say(usual)}): no call gets through",
                    "coturn: look for a denied-peer-ip that is too wide.",
                )
            for network in FORBIDDEN:
                if network.addresses[0].version == family:
                    yield await _check_network(client, network)
            await client.release()


async def _check_network(client: TurnClient, network: ForbiddenNetwork) -> Finding:
    subject = f"{network.network} ({network.name})"
    for peer in network.addresses:
        for way, answer in (
            ("a permission", await client.permit(peer)),
            ("a channel", await client.bind_channel(peer)),
        ):
            if answer.error is None:
                return Finding("open", subject, f"gives {way} for {peer}", f"coturn: {network.mend}")
            if answer.error != _FORBIDDEN:
                return Finding(
                    "note", subject, f"refuses {way} for {peer}, but not as forbidden: {_say(answer)}"
                )
    return Finding("ok", subject, "is refused")


def _read_binding(subject: str, answer: StunAnswer) -> Finding:
    seen = answer.read_address(Attribute.XOR_MAPPED_ADDRESS)
    if seen is None:
        return Finding("failed", subject, f"says no address: {_say(answer)}", "Is this a STUN server?")
    return Finding("ok", subject, f"sees this machine at {seen[0]}")


def _read_allocation(subject: str, answer: StunAnswer) -> list[Finding]:
    if answer.error is not None:
        mend = MENDS.get(answer.error, "Look into the log of the server.")
        return [Finding("failed", subject, f"gives no relay: {_say(answer)}", mend)]
    relayed = answer.read_address(Attribute.XOR_RELAYED_ADDRESS)
    if relayed is None:
        return [Finding("failed", subject, "gives a relay without an address", "Is this a TURN server?")]
    found = [Finding("ok", subject, f"gives a relay at {relayed[0]}")]
    if not _is_public(relayed[0]):
        found.append(
            Finding(
                "note",
                subject,
                f"{relayed[0]} is not public: only people in its network can use it",
                "coturn: set external-ip=PUBLIC/PRIVATE.",
            )
        )
    return found


def _is_public(address: Ip) -> bool:
    return address.is_global


def _credential_of(server: IceServer) -> tuple[str, str]:
    return server.username or "", server.credential or ""


def _say(answer: StunAnswer) -> str:
    return (
        " ".join(part for part in (str(answer.error or ""), answer.reason[:80]) if part) or "an empty answer"
    )


def explain_failure(subject: str, url: IceUrl, error: Exception, seconds_max: float) -> Finding:
    """Say in words why nothing came of a check, and what to look at."""
    port = f"{'UDP' if url.transport == 'udp' else 'TCP'} {url.port}"
    if isinstance(error, TimeoutError):
        mend = f"Is the server running, and does its firewall let {port} in?"
        return Finding("failed", subject, f"did not answer within {seconds_max:g} s", mend)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message or "it cannot be verified"
        mend = "coturn: cert and pkey need this name and the whole chain, and a renewed one needs SIGUSR2."
        return Finding("failed", subject, f"has a certificate that browsers refuse: {why}", mend)
    if isinstance(error, ssl.SSLError):
        mend = f"Is TLS on this port: tls-listening-port={url.port}, cert and pkey that coturn can read?"
        return Finding(
            "failed", subject, f"speaks no TLS: {getattr(error, 'reason', None) or 'no handshake'}", mend
        )
    if isinstance(error, ConnectionRefusedError):
        return Finding("failed", subject, "refuses the connection", f"Does the server listen on {port}?")
    if isinstance(error, ValueError):
        return Finding("failed", subject, f"answers something else: {error}", "Is this a TURN server?")
    mend = f"Is the name right, and does {port} lead to the server?"
    return Finding("failed", subject, f"cannot be reached: {error}", mend)


def write_findings(findings: Sequence[Finding]) -> str:
    """Write the findings as lines for people, each with its mend."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.kind:<7} {finding.subject}: {finding.text}")
        if finding.mend:
            lines.append(f"        mend: {finding.mend}")
    return "\n".join(lines)


def has_faults(findings: Sequence[Finding]) -> bool:
    """Tell whether something is open or does not work."""
    return any(finding.kind in {"open", "failed"} for finding in findings)
