"""Runs a private coturn on loopback by deploy/coturn.conf, with ports and a folder of its own."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.ports import free_port

CONFIGURATION: Final = (Path(__file__).parents[2] / "deploy/coturn.conf").read_text("utf-8")
SECRET: Final = "of-the-tests-only"  # noqa: S105 - of a relay on loopback
START_DEADLINE_S: Final = 30.0
STOP_DEADLINE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Coturn:
    """A running relay."""

    port: int
    tls_port: int
    certificate: Path

    @property
    def urls(self) -> tuple[str, ...]:
        """Its addresses, as TURN_URLS has them."""
        host = "127.0.0.1"
        return (
            f"turn:{host}:{self.port}",
            f"turn:{host}:{self.port}?transport=tcp",
            f"turns:{host}:{self.tls_port}?transport=tcp",
        )


@contextmanager
def run_coturn(folder: Path, *, without: str = "", more: str = "") -> Iterator[Coturn]:
    """Run coturn by our configuration, *without* the lines that match, and with *more* lines."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("coturn is not installed (scripts/install_test_packages.sh)")
    certificate, key = make_certificate(folder)
    coturn = Coturn(free_port(), free_port(), certificate)
    text = CONFIGURATION
    # What an operator changes, and what belongs to the system's own service.
    for name, value in {
        "static-auth-secret": SECRET,
        "cert": certificate,
        "pkey": key,
        "listening-port": coturn.port,
        "tls-listening-port": coturn.tls_port,
    }.items():
        text, changed = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        assert changed == 1, f"deploy/coturn.conf has {changed} lines of {name}"
    leave_out = r"^(pidfile|proc-user|proc-group)=" + (f"|{without}" if without else "")
    kept = [line for line in text.splitlines() if not re.search(leave_out, line)]
    own = ["listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "relay-ip=::1"]
    own += [f"userdb={folder / 'users'}", f"pidfile={folder / 'pid'}", *more.splitlines()]
    path = folder / "turnserver.conf"
    path.write_text("\n".join([*kept, *own]) + "\n")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-c", path], stdout=log, stderr=log, cwd=folder)
    try:
        wait_for(coturn.tls_port, process, folder / "log")
        yield coturn
    finally:
        process.terminate()
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")[-2_000:]
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail(f"coturn did not start: {log.read_text(errors='replace')[-2_000:]}")


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "turn.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, secret
