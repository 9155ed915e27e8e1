"""What the command `doctor` thinks of what it found: each finding has its mend. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from langdao_video.delivery.target_probe import TargetReport
from langdao_video.settings import Settings
from langdao_video.store.inspection import StoreReport

Grade = Literal["ok", "warn", "fail"]
"""`ok`: nothing to do. `warn`: works, but something is missing or will break. `fail`: does not work."""

DISK_BYTES_MIN: Final = 100 * 2**20
DISK_BYTES_WANTED: Final = 2**30
SKEW_MS_WANTED: Final = 5_000
"""The Date header has whole seconds, and an answer takes a while: less proves nothing."""
SKEW_MS_MAX: Final = 300_000
"""Receivers refuse a signature that is five minutes away from their clock (Standard Webhooks)."""
DAY_MS: Final = 86_400_000
CERTIFICATE_DAYS_WANTED: Final = 14
_OF_PYDANTIC: Final = "Value error, "
_USER_IN_URL: Final = re.compile(r"//[^/@\s]*@")
_OK: Final = 200
_REDIRECTS: Final = 3
_TRUST: Final = "Renew the certificate with its whole chain, or name its authority in SSL_CERT_FILE."
_SYNCHRONIZE: Final = "Synchronize this machine's clock (NTP: `timedatectl set-ntp true`)."


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    check: str
    grade: Grade
    found: str
    mend: str = ""


def worst_of(findings: Iterable[Finding]) -> Grade:
    """Return the worst grade; `ok` if there are no findings."""
    grades = {finding.grade for finding in findings}
    return "fail" if "fail" in grades else "warn" if "warn" in grades else "ok"


def judge_wrong_settings(problems: Sequence[tuple[str, str]]) -> list[Finding]:
    """Return one failure for each wrong setting: its name (empty for several together) and what is wrong."""
    return [
        Finding(
            "settings",
            "fail",
            f"{name + ': ' if name else ''}{_hide_user(text.removeprefix(_OF_PYDANTIC))}",
            "Correct it: docs/operations.md lists what each setting takes.",
        )
        for name, text in problems
    ]


def judge_settings(settings: Settings) -> list[Finding]:
    """Judge settings that are valid by themselves, but not what a service on the internet needs."""
    if settings.is_development:
        return [
            Finding(
                "settings",
                "warn",
                "Development mode: this machine's links and API are open, and nobody else can connect.",
                "Set LINK_KEYS, API_KEYS, WEBRTC_URL and HOST before others use it.",
            )
        ]
    found = []
    if not settings.webrtc_url:
        found.append(
            Finding(
                "settings",
                "fail",
                f"Links lead to {settings.base_url}, which is each reader's own machine.",
                "Set WEBRTC_URL to the address under which browsers find this service.",
            )
        )
    elif not settings.webrtc_url.startswith("https:"):
        found.append(
            Finding(
                "settings",
                "fail",
                "WEBRTC_URL has no https, and browsers give camera and microphone to secure pages only.",
                "Put a proxy with a certificate in front, and set WEBRTC_URL to its https address.",
            )
        )
    for name, url, secrets in (
        ("BACKEND_URL", settings.backend_url, settings.backend_secret),
        ("CALL_URL", settings.call_url, settings.call_secret),
    ):
        if url and not secrets:
            found.append(
                Finding(
                    "settings",
                    "warn",
                    f"Nothing signs what goes to {name}, so its receiver cannot tell our events from others'.",
                    f"Set {name.removesuffix('URL')}SECRET (`whsec_` and `openssl rand -base64 32`), here and there.",
                )
            )
        if url.startswith("http:"):
            found.append(
                Finding("settings", "warn", f"{name} has no https.", "Use https outside a private network.")
            )
    return found or [Finding("settings", "ok", f"Production, SERVICE_ROLE={settings.role}.")]


def judge_store(report: StoreReport) -> list[Finding]:
    """Judge a database that answered and, if it has a schema, took a write."""
    if not report.knows_schema:
        return [
            Finding(
                "store",
                "fail",
                f"A newer version made its schema ({report.schema}); this one knows {report.head}.",
                "Run the newer version, or restore a backup from before it.",
            )
        ]
    if report.schema != report.head:
        state = "is empty" if report.schema is None else f"has schema {report.schema}"
        return [
            Finding(
                "store",
                "warn",
                f"The database {state}; this version needs schema {report.head}.",
                "Run `langdao-video migrate`, or start the service, which does the same.",
            )
        ]
    return [Finding("store", "ok", f"The database answers and takes a write; schema {report.schema}.")]


def judge_store_failure(reason: str) -> Finding:
    """Say that the database does not answer or takes no write. *reason* is the driver's own text."""
    return Finding(
        "store",
        "fail",
        f"The database does not answer or takes no write: {_hide_user(reason)}",
        "Check DATABASE_URL, that the database runs, and that this user may write to it.",
    )


def judge_target(name: str, report: TargetReport, now_ms: int) -> list[Finding]:
    """Judge a URL that gets events or room commands; *name* says which."""
    if report.is_refused:
        mend = "Name its network in WEBHOOK_PRIVATE_TARGETS, or correct the URL."
        return [Finding("targets", "fail", f"{name}: {report.error}", mend)]
    if report.status is None:
        mend = (
            _TRUST
            if report.is_untrusted
            else "Check the URL, that the receiver runs, and the firewalls between."
        )
        return [Finding("targets", "fail", f"{name}: {report.error}", mend)]
    if report.status // 100 == _REDIRECTS:
        mend = "Set the URL to which it redirects: deliveries follow no redirect."
        answer = Finding("targets", "warn", f"{name} answers with a redirect ({report.status}).", mend)
    else:  # any other status: we asked for its head, and a receiver may take only a POST
        answer = Finding("targets", "ok", f"{name} answers.")
    return [answer, *_judge_answer(name, report, now_ms)]


def judge_rest(count: int) -> list[Finding]:
    """Say how many URLs were not asked."""
    if count <= 0:
        return []
    mend = "`langdao-video deliveries` shows how they fare."
    return [Finding("targets", "warn", f"{count} more endpoints were not asked.", mend)]


def judge_page(name: str, report: TargetReport, now_ms: int) -> list[Finding]:
    """Judge the health check of our own service, asked under the address that browsers use."""
    if report.is_untrusted:
        return [Finding("page", "fail", f"{name}: {report.error}", _TRUST)]
    if report.status is None:
        mend = "Open it in a browser: some networks do not let a machine reach its own public address."
        return [Finding("page", "warn", f"{name}, from this machine: {report.error}", mend)]
    if report.status != _OK:
        mend = "Start the service if it is stopped; otherwise see where the proxy leads WEBRTC_URL to."
        answer = Finding("page", "warn", f"{name}: /health answers {report.status}, not {_OK}.", mend)
    else:
        answer = Finding("page", "ok", f"{name}: the service answers there.")
    return [answer, *_judge_answer(name, report, now_ms)]


def _judge_answer(name: str, report: TargetReport, now_ms: int) -> list[Finding]:
    ends = [] if report.expires_ms is None else [judge_expiry(name, report.expires_ms, now_ms)]
    return ends if report.skew_ms is None else [*ends, judge_skew(name, report.skew_ms)]


def judge_expiry(name: str, expires_ms: int, now_ms: int) -> Finding:
    """Judge the end of a certificate's validity, in Unix ms."""
    day = datetime.fromtimestamp(expires_ms / 1000, UTC).date().isoformat()
    days = (expires_ms - now_ms) // DAY_MS
    if days < 0:
        return Finding("certificates", "fail", f"{name}: expired on {day}.", "Renew the certificate.")
    grade: Grade = "warn" if days < CERTIFICATE_DAYS_WANTED else "ok"
    mend = "Renew the certificate, and see why that did not happen by itself." if grade == "warn" else ""
    return Finding("certificates", grade, f"{name}: valid until {day}, {days} more days.", mend)


def judge_skew(name: str, skew_ms: int) -> Finding:
    """Judge by how much another clock is ahead of ours. Which of the two is wrong, the other does not say."""
    off_ms = abs(skew_ms)
    if off_ms < SKEW_MS_WANTED:
        return Finding("clock", "ok", f"The clock of {name} agrees with ours.")
    way = "ahead of" if skew_ms > 0 else "behind"
    grade: Grade = "fail" if off_ms >= SKEW_MS_MAX else "warn"
    return Finding("clock", grade, f"The clock of {name} is {off_ms // 1000} s {way} ours.", _SYNCHRONIZE)


def judge_ntp(*, is_synchronized: bool | None) -> list[Finding]:
    """Judge what the kernel says of its clock; nothing if it says nothing (None)."""
    if is_synchronized is None:
        return []
    if is_synchronized:
        return [Finding("clock", "ok", "The system's clock is synchronized.")]
    return [Finding("clock", "warn", "Nothing synchronizes the system's clock.", _SYNCHRONIZE)]


def judge_disk(folder: str, free_bytes: int, *, is_writable: bool) -> Finding:
    """Judge the folder of the SQLite file."""
    free = f"{free_bytes // 2**20:,} MiB free in {folder}"
    if not is_writable:
        mend = "Give the service's user the right to write there, or set DATABASE_URL to another folder."
        return Finding("disk", "fail", f"This user may not write to {folder}.", mend)
    if free_bytes < DISK_BYTES_MIN:
        return Finding("disk", "fail", f"{free}.", "Make room: without it the ledger takes no event.")
    if free_bytes < DISK_BYTES_WANTED:
        return Finding("disk", "warn", f"{free}.", "Make room before it is full.")
    return Finding("disk", "ok", f"{free}.")


def judge_ice(url: str, error: str | None) -> Finding:
    """Judge a STUN or TURN server; *error* says why it did not answer."""
    if error is None:
        return Finding("ice", "ok", f"{url} answers.")
    return Finding(
        "ice",
        "warn",
        f"{url} does not answer this machine: {error}",
        "Check that it runs, and that UDP and TCP to its port are open. Pages ask it from their own networks.",
    )


def judge_certificate_failure(name: str, error: Exception) -> Finding:
    """Say that the file of a certificate cannot be read."""
    mend = "Name a PEM file that the service's user may read."
    return Finding("certificates", "fail", f"{name}: {type(error).__name__}: {error}", mend)


def judge_unexpected(check: str, error: Exception) -> Finding:
    """Say that a check broke, which is a mistake of ours."""
    reason = _hide_user(f"{type(error).__name__}: {error}")
    return Finding(check, "fail", f"This check broke: {reason}", "Please report it.")


def _hide_user(text: str) -> str:
    """Leave out the user and the password of each URL in *text*."""
    return _USER_IN_URL.sub("//…@", text)
