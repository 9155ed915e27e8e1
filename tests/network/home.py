"""One person's home: a computer with Wi-Fi and a mobile network, each behind a NAT, of which one is in use.

computer ── wifi 10.0.1.2 ───┐
         └─ mobile 10.0.2.2 ─┴── router ── wan: one public address for each of the two
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Final, Literal

from tests.network import rules
from tests.network.namespaces import Namespace

if TYPE_CHECKING:
    from tests.network.rules import Nat

Path = Literal["wifi", "mobile"]
NUMBERS: Final[dict[Path, int]] = {"wifi": 1, "mobile": 2}

NETLINK_NETFILTER: Final = 12
DELETE_CONNECTIONS: Final = struct.pack("=IHHIIBBH", 20, 0x0102, 0x0005, 1, 0, socket.AF_INET, 0, 0)
"""A message of ctnetlink (linux/netfilter/nfnetlink_conntrack.h): header with IPCTNL_MSG_CT_DELETE and
NLM_F_REQUEST | NLM_F_ACK, then an empty filter, which fits all."""


class Home:
    """The namespaces of one person. *number* 1 to 9 tells homes apart: it is in the public addresses."""

    def __init__(self, name: str, number: int) -> None:
        self.computer = Namespace(name)
        self.router = Namespace(f"{name}-router")
        self.path: Path = "wifi"
        self._public = {path: f"203.0.113.{number * 10 + last}" for path, last in NUMBERS.items()}
        for path, last in NUMBERS.items():
            self.computer.ip(
                f"link add {path} type veth peer name {path} netns {self.router.name}",
            )
            self.router.ip(f"addr add 10.0.{last}.1/24 dev {path}", f"link set {path} up")
        self.router.write("/proc/sys/net/ipv4/ip_forward", "1")
        self._come_up("wifi")

    def connect(self, internet: Namespace, bridge: str) -> None:
        """Lay the cable to the *bridge* of the internet."""
        end = self.computer.name.rpartition("-")[2]
        self.router.ip(f"link add wan type veth peer name {end} netns {internet.name}")
        self.router.ip(
            *(f"addr add {address}/24 dev wan" for address in self._public.values()), "link set wan up"
        )
        internet.ip(f"link set {end} master {bridge}", f"link set {end} up")
        self.router.nft(rules.refuse_strangers())
        self.repair()

    def set_nat(self, nat: Nat) -> None:
        """Map ports like this from the next connection on."""
        networks = {f"10.0.{last}.0/24": self._public[path] for path, last in NUMBERS.items()}
        self.router.nft(rules.translate(networks, nat))

    def treat(self, *what: str) -> None:
        """Let the line do *what* to each packet (rules.py), instead of what it did before."""
        self.router.nft(rules.treat(*what))

    def repair(self) -> None:
        """Make the line whole, with Wi-Fi behind a plain NAT."""
        self.treat()
        self.set_nat("plain")
        if self.path != "wifi":
            self.change_path()

    def change_path(self) -> None:
        """Leave the one network for the other, as a phone does at the door: another address and another route."""
        left: Path = self.path
        self._go_down(left)
        self._come_up("mobile" if left == "wifi" else "wifi")

    def restart_router(self) -> None:
        """Forget all connections, as a router does that loses its power: the computer's own addresses stay."""

        def forget() -> None:
            with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
                netlink.bind((0, 0))
                netlink.send(DELETE_CONNECTIONS)
                length, kind, *_, error = struct.unpack_from("=IHHIIi", netlink.recv(4096))
                if error != 0:
                    raise OSError(-error, f"ctnetlink answered {kind} of {length} bytes")

        self.router.call(forget)

    def close(self) -> None:
        """Remove both namespaces."""
        self.computer.close()
        self.router.close()

    def _come_up(self, path: Path) -> None:
        last = NUMBERS[path]
        self.computer.ip(
            f"addr add 10.0.{last}.2/24 dev {path}",
            f"link set {path} up",
            f"route add default via 10.0.{last}.1",
        )
        self.path = path

    def _go_down(self, path: Path) -> None:
        self.computer.ip(f"link set {path} down", f"addr flush dev {path}")
