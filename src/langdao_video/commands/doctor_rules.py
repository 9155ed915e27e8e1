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
from langdao_video.store.ownership import Node, find_conflict
from langdao_video.turn.check import Finding

Grade = Literal["ok", "warn", "fail"]
"""`ok`: nothing to do. `warn`: works, but something is missing or will break. `fail`: does not work."""

DISK_BYTES_MIN: Final = 100 * 2**20
DISK_BYTES_WANTED: Final = 2**30
SKEW_MS_WANTED: Final = 5_000
"""The Date header has whole seconds, and an answer takes a while: less proves nothing."""
SKEW_MS_MAX: Final = 300_000
"""Receivers refuse a signature that is five minutes away from their clock (Standard Webhooks)."""
REDIS_MS_MAX: Final = 100
"""In one network Redis answers in one or two."""
DAY_MS: Final = 86_400_000
CERTIFICATE_DAYS_WANTED: Final = 14
_OF_PYDANTIC: Final = "Value error, "
_USER_IN_URL: Final = re.compile(r"//[^/@\s]*@")
_OK: Final = 200
_REDIRECTS: Final = 3
_TRUST: Final = "Renew the certificate with its whole chain, or name its authority in SSL_CERT_FILE."
_SYNCHRONIZE: Final = "Synchronize this machine's clock (NTP: `timedatectl set-ntp true`)."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line of the doctor's report."""

    check: str
    grade: Grade
    found: str
    mend: str = ""


def worst_of(findings: Iterable[Diagnosis]) -> Grade:
    """Return the worst grade; `ok` if there are no findings."""
    grades = {finding.grade for finding in findings}
    return "fail" if "fail" in grades else "warn" if "warn" in grades else "ok"


def judge_wrong_settings(problems: Sequence[tuple[str, str]]) -> list[Diagnosis]:
    """Return one failure for each wrong setting: its name (empty for several together) and what is wrong."""
    return [
        Diagnosis(
            "settings",
            "fail",
            describe_setting(name, text),
            "Correct it: docs/operations.md lists what each setting takes.",
        )
        for name, text in problems
    ]


def describe_setting(name: str, text: str) -> str:
    """Say what is wrong with the setting *name*, by the validator's *text* and without the password of a URL."""
    return f"{name + ': ' if name else ''}{_hide_user(text.removeprefix(_OF_PYDANTIC))}"


def judge_settings(settings: Settings) -> list[Diagnosis]:
    """Judge settings that are valid by themselves, but not what a service on the internet needs."""
    if settings.is_development:
        return [
            Diagnosis(
                "settings",
                "warn",
                "Development mode: this machine's links and API are open, and nobody else can connect.",
                "Set LINK_KEYS, API_KEYS, WEBRTC_URL and HOST before others use it.",
            )
        ]
    found = []
    if not settings.webrtc_url:
        found.append(
            Diagnosis(
                "settings",
                "fail",
                f"Links lead to {settings.base_url}, which is each reader's own machine.",
                "Set WEBRTC_URL to the address under which browsers find this service.",
            )
        )
    elif not settings.webrtc_url.startswith("https:"):
        found.append(
            Diagnosis(
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
                Diagnosis(
                    "settings",
                    "warn",
                    f"Nothing signs what goes to {name}, so its receiver cannot tell our events from others'.",
                    f"Set {name.removesuffix('URL')}SECRET (`whsec_` and `openssl rand -base64 32`), here and there.",
                )
            )
        if url.startswith("http:"):
            found.append(
                Diagnosis("settings", "warn", f"{name} has no https.", "Use https outside a private network.")
            )
    return found or [Diagnosis("settings", "ok", f"Production, SERVICE_ROLE={settings.role}.")]


def judge_store(report: StoreReport) -> list[Diagnosis]:
    """Judge a database that answered and, if it has a schema, took a write."""
    if not report.knows_schema:
        return [
            Diagnosis(
                "store",
                "fail",
                f"A newer version made its schema ({report.schema}); this one knows {report.head}.",
                "Run the newer version, or restore a backup from before it.",
            )
        ]
    if report.schema != report.head:
        state = "is empty" if report.schema is None else f"has schema {report.schema}"
        return [
            Diagnosis(
                "store",
                "warn",
                f"The database {state}; this version needs schema {report.head}.",
                "Run `langdao-video migrate`, or start the service, which does the same.",
            )
        ]
    return [Diagnosis("store", "ok", f"The database answers and takes a write; schema {report.schema}.")]


def judge_nodes(own: Node, living: Sequence[Node]) -> Diagnosis:
    """Judge the processes that serve the database, and whether one with these settings may join them."""
    conflict = find_conflict(own, living)
    if not living:
        return Diagnosis("nodes", "ok", "No process serves this database at the moment.")
    found = f"{len(living)} process{'es serve' if len(living) > 1 else ' serves'} this database."
    if conflict is None:
        return Diagnosis("nodes", "ok", found)
    is_alone = len(living) == 1 and not own.backplane and not living[0].backplane
    if is_alone and own.keys[:1] == living[0].keys[:1]:  # this may be the one whose settings these are
        return Diagnosis("nodes", "ok", f"{found} A second one needs REDIS_URL.")
    return Diagnosis("nodes", "fail", f"{found} One with these settings would be refused.", conflict)


def judge_file(name: str, *, is_served: bool) -> Diagnosis:
    """Say whether a process serves an SQLite file."""
    if is_served:
        return Diagnosis("nodes", "ok", f"A process serves {name}. A second one would be refused.")
    return Diagnosis("nodes", "ok", f"No process serves {name} at the moment.")


def judge_store_failure(reason: str) -> Diagnosis:
    """Say that the database does not answer or takes no write. *reason* is the driver's own text."""
    return Diagnosis(
        "store",
        "fail",
        f"The database does not answer or takes no write: {_hide_user(reason)}",
        "Check DATABASE_URL, that the database runs, and that this user may write to it.",
    )


def judge_backplane(place: str, took_ms: int) -> Diagnosis:
    """Judge a Redis that answered after *took_ms*."""
    if took_ms > REDIS_MS_MAX:
        return Diagnosis(
            "backplane",
            "warn",
            f"Redis at {place} took {took_ms} ms to answer.",
            "Run it near the service: each frame to a room of another node waits as long.",
        )
    return Diagnosis("backplane", "ok", f"Redis at {place} answers.")


def judge_backplane_failure(reason: str) -> Diagnosis:
    """Say that Redis cannot be used. *reason* says why, without the password."""
    return Diagnosis("backplane", "fail", reason, "Correct REDIS_URL, the same on all machines.")


def judge_target(name: str, report: TargetReport, now_ms: int) -> list[Diagnosis]:
    """Judge a URL that gets events or room commands; *name* says which."""
    if report.is_refused:
        mend = "Name its network in WEBHOOK_PRIVATE_TARGETS, or correct the URL."
        return [Diagnosis("targets", "fail", f"{name}: {report.error}", mend)]
    if report.status is None:
        mend = (
            _TRUST
            if report.is_untrusted
            else "Check the URL, that the receiver runs, and the firewalls between."
        )
        return [Diagnosis("targets", "fail", f"{name}: {report.error}", mend)]
    if report.status // 100 == _REDIRECTS:
        mend = "Set the URL to which it redirects: deliveries follow no redirect."
        answer = Diagnosis("targets", "warn", f"{name} answers with a redirect ({report.status}).", mend)
    else:  # any other status: we asked for its head, and a receiver may take only a POST
        answer = Diagnosis("targets", "ok", f"{name} answers.")
    return [answer, *_judge_answer(name, report, now_ms)]


def judge_rest(count: int) -> list[Diagnosis]:
    """Say how many URLs were not asked."""
    if count <= 0:
        return []
    mend = "`langdao-video deliveries` shows how they fare."
    return [Diagnosis("targets", "warn", f"{count} more endpoints were not asked.", mend)]


def judge_page(name: str, report: TargetReport, now_ms: int) -> list[Diagnosis]:
    """Judge the health check of our own service, asked under the address that browsers use."""
    if report.is_untrusted:
        return [Diagnosis("page", "fail", f"{name}: {report.error}", _TRUST)]
    if report.status is None:
        mend = "Open it in a browser: some networks do not let a machine reach its own public address."
        return [Diagnosis("page", "warn", f"{name}, from this machine: {report.error}", mend)]
    if report.status != _OK:
        mend = "Start the service if it is stopped; otherwise see where the proxy leads WEBRTC_URL to."
        answer = Diagnosis("page", "warn", f"{name}: /health answers {report.status}, not {_OK}.", mend)
    else:
        answer = Diagnosis("page", "ok", f"{name}: the service answers there.")
    return [answer, *_judge_answer(name, report, now_ms)]


def _judge_answer(name: str, report: TargetReport, now_ms: int) -> list[Diagnosis]:
    ends = [] if report.expires_ms is None else [judge_expiry(name, report.expires_ms, now_ms)]
    return ends if report.skew_ms is None else [*ends, judge_skew(name, report.skew_ms)]


def judge_expiry(name: str, expires_ms: int, now_ms: int) -> Diagnosis:
    """Judge the end of a certificate's validity, in Unix ms."""
    day = datetime.fromtimestamp(expires_ms / 1000, UTC).date().isoformat()
    days = (expires_ms - now_ms) // DAY_MS
    if days < 0:
        return Diagnosis("certificates", "fail", f"{name}: expired on {day}.", "Renew the certificate.")
    grade: Grade = "warn" if days < CERTIFICATE_DAYS_WANTED else "ok"
    mend = "Renew the certificate, and see why that did not happen by itself." if grade == "warn" else ""
    return Diagnosis("certificates", grade, f"{name}: valid until {day}, {days} more days.", mend)


def judge_skew(name: str, skew_ms: int) -> Diagnosis:
    """Judge by how much another clock is ahead of ours. Which of the two is wrong, the other does not say."""
    off_ms = abs(skew_ms)
    if off_ms < SKEW_MS_WANTED:
        return Diagnosis("clock", "ok", f"The clock of {name} agrees with ours.")
    way = "ahead of" if skew_ms > 0 else "behind"
    grade: Grade = "fail" if off_ms >= SKEW_MS_MAX else "warn"
    return Diagnosis("clock", grade, f"The clock of {name} is {off_ms // 1000} s {way} ours.", _SYNCHRONIZE)


def judge_ntp(*, is_synchronized: bool | None) -> list[Diagnosis]:
    """Judge what the kernel says of its clock; nothing if it says nothing (None)."""
    if is_synchronized is None:
        return []
    if is_synchronized:
        return [Diagnosis("clock", "ok", "The system's clock is synchronized.")]
    return [Diagnosis("clock", "warn", "Nothing synchronizes the system's clock.", _SYNCHRONIZE)]


def judge_disk(folder: str, free_bytes: int, *, is_writable: bool) -> Diagnosis:
    """Judge the folder of the SQLite file."""
    free = f"{free_bytes // 2**20:,} MiB free in {folder}"
    if not is_writable:
        mend = "Give the service's user the right to write there, or set DATABASE_URL to another folder."
        return Diagnosis("disk", "fail", f"This user may not write to {folder}.", mend)
    if free_bytes < DISK_BYTES_MIN:
        return Diagnosis("disk", "fail", f"{free}.", "Make room: without it the ledger takes no event.")
    if free_bytes < DISK_BYTES_WANTED:
        return Diagnosis("disk", "warn", f"{free}.", "Make room before it is full.")
    return Diagnosis("disk", "ok", f"{free}.")


def judge_ice(finding: Finding) -> Diagnosis:
    """Judge one finding of `turn-check`. Without a STUN server most calls still work; an open relay is a fault."""
    found = f"{finding.subject}: {finding.text}"
    if finding.kind in {"ok", "note"}:
        return Diagnosis("ice", "ok", found)
    is_stun = finding.subject.startswith("stun")
    return Diagnosis("ice", "warn" if is_stun else "fail", found, finding.mend)


def judge_relays(*, has_relay: bool) -> list[Diagnosis]:
    """Say what is missing if pages get no relay."""
    if has_relay:
        return []
    mend = "Set TURN_URLS and TURN_SECRET: docs/turn.md."
    return [
        Diagnosis("ice", "warn", "Pages get no relay (TURN): behind strict firewalls no call works.", mend)
    ]


def judge_slow_ice(seconds: float) -> Diagnosis:
    """Say that the relays took too long for a whole check."""
    return Diagnosis(
        "ice", "fail", f"No whole check within {seconds:g} s.", "Run `langdao-video turn-check`."
    )


def judge_certificate_failure(name: str, error: Exception) -> Diagnosis:
    """Say that the file of a certificate cannot be read."""
    mend = "Name a PEM file that the service's user may read."
    return Diagnosis("certificates", "fail", f"{name}: {type(error).__name__}: {error}", mend)


def judge_unexpected(check: str, error: Exception) -> Diagnosis:
    """Say that a check broke, which is a mistake of ours."""
    reason = _hide_user(f"{type(error).__name__}: {error}")
    return Diagnosis(check, "fail", f"This check broke: {reason}", "Please report it.")


def _hide_user(text: str) -> str:
    """Leave out the user and the password of each URL in *text*."""
    return _USER_IN_URL.sub("//…@", text)
