"""The command `doctor`: tries whatever the service depends on, and says of each part how it is and how to mend it.

It looks at everything at once and waits at most CHECK_SECONDS_MAX for each part. It changes nothing and sends no event.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from pydantic import ValidationError

from langdao_video.backplane.redis import check_redis
from langdao_video.backplane.redis_url import describe_redis
from langdao_video.clock import read_wall_ms
from langdao_video.commands import doctor_rules as rules
from langdao_video.commands.doctor_rules import Diagnosis
from langdao_video.commands.turn_check import check_turn
from langdao_video.delivery.target_probe import probe_target
from langdao_video.delivery.targets import TargetRule, receive_target_rule
from langdao_video.delivery.transport import Resolver
from langdao_video.errors import BadRequest, LangDAOError, Unavailable
from langdao_video.log_writer import escape_controls
from langdao_video.nodes.file_lock import is_locked
from langdao_video.nodes.joining import fingerprint
from langdao_video.settings import Settings
from langdao_video.store.engines import parse_database_url
from langdao_video.store.inspection import inspect_store, locate_sqlite
from langdao_video.store.ownership import Node
from langdao_video.store.sql import SqlStore

CHECK_SECONDS_MAX: Final = 5.0
TARGETS_MAX: Final = 20
"""How many URLs are asked: those of the settings, then stored endpoints. The report says how many are left out."""
_ICE_SECONDS_MAX: Final = 12.0
"""For all relays, one after the other: turn-check asks each of them some thirty questions."""
_TIME_ERROR: Final = 5
"""What adjtimex(2) returns while nothing synchronizes the kernel's clock."""


def run_doctor(*, as_json: bool) -> tuple[str, bool]:
    """Examine the service of the environment's settings. Return the report, and whether no part has failed."""
    settings, findings = receive_settings()
    if settings is not None:
        findings += asyncio.run(examine(settings))
    grade = rules.worst_of(findings)
    return (_as_json(findings) if as_json else _as_text(findings)), grade != "fail"


def receive_settings() -> tuple[Settings | None, list[Diagnosis]]:
    """Read the settings. If some are wrong, return a finding for each, also for those that do not go together."""
    try:
        settings = Settings()
    except ValidationError as error:
        problems = _list_problems(error)
    else:
        return settings, rules.judge_settings(settings)
    wrong = {name for name, _ in problems if name}
    if wrong:
        # pydantic compares the settings only if each is right by itself: so once more, without the wrong ones.
        defaults = {_key(name, field): field.default for name, field in Settings.model_fields.items()}
        try:
            Settings(**{key: value for key, value in defaults.items() if key.upper() in wrong})
        except ValidationError as error:
            problems += [
                (name, text)
                for name, text in _list_problems(error)
                if not any(known in text for known in wrong)
            ]
    return None, rules.judge_wrong_settings(problems)


async def examine(settings: Settings) -> list[Diagnosis]:
    """Try all parts at the same time. Return the findings in a fixed order."""
    parts: Sequence[tuple[str, Awaitable[list[Diagnosis]]]] = (
        ("store", _examine_store(settings)),
        ("backplane", _examine_backplane(settings)),
        ("nodes", _examine_nodes(settings)),
        ("disk", asyncio.to_thread(_examine_disk, settings)),
        ("ice", _examine_ice(settings)),
        ("certificates", asyncio.to_thread(_examine_files, settings)),
        ("page", _examine_page(settings)),
        ("targets", _examine_targets(settings)),
        ("clock", asyncio.to_thread(_examine_clock)),
    )
    found = await asyncio.gather(*(_bounded(name, part) for name, part in parts))
    return [finding for findings in found for finding in findings]


async def _bounded(name: str, part: Awaitable[list[Diagnosis]]) -> list[Diagnosis]:
    try:
        # A part bounds its own waits, so that it can say which one was too long. This is for what it did not think of.
        async with asyncio.timeout(3 * CHECK_SECONDS_MAX):
            return await part
    except Exception as error:  # noqa: BLE001 - whatever breaks one check, the others are still told
        return [rules.judge_unexpected(name, error)]


async def _examine_store(settings: Settings) -> list[Diagnosis]:
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            if host := parse_database_url(settings.database_url).host:
                await Resolver().resolve(host)  # the driver's own look-up holds up the end of the process
            report = await inspect_store(settings.database_url)
    except BadRequest as error:
        return [rules.judge_store_failure(error.message)]
    except TimeoutError:
        return [rules.judge_store_failure(f"no answer within {CHECK_SECONDS_MAX:g} s")]
    except (LangDAOError, OSError) as error:
        return [rules.judge_store_failure(str(error.__cause__ or error).splitlines()[0])]
    skew = [] if report.skew_ms is None else [rules.judge_skew("the database", report.skew_ms)]
    return [*rules.judge_store(report), *skew]


async def _examine_nodes(settings: Settings) -> list[Diagnosis]:
    """Say which processes serve the database, and whether one with these settings may join them."""
    try:
        if file := locate_sqlite(settings.database_url):
            return [rules.judge_file(file.name, is_served=is_locked(file))]
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            report = await inspect_store(settings.database_url)
            if report.schema != report.head:
                return []  # the store's check tells it
            own, living = await _load_nodes(settings)
    except (TimeoutError, LangDAOError, OSError):
        return []
    return [rules.judge_nodes(own, living)]


async def _load_nodes(settings: Settings) -> tuple[Node, Sequence[Node]]:
    store = await SqlStore.open(settings.database_url)
    try:
        living = (await store.owners.load_census()).nodes
    finally:
        await store.close()
    # In development the key is in the database, so it is the same.
    keys = tuple(map(fingerprint, settings.link_keys)) or (living[0].keys if living else ())
    backplane = fingerprint(settings.redis_place) if settings.redis_url else ""
    return Node(id="doctor", version="", keys=keys, backplane=backplane), living


async def _examine_backplane(settings: Settings) -> list[Diagnosis]:
    if not settings.redis_url:
        return []
    place = describe_redis(settings.redis_url)
    try:
        return [rules.judge_backplane(place, await check_redis(settings.redis_url))]
    except Unavailable as error:
        return [rules.judge_backplane_failure(error.message)]


def _examine_disk(settings: Settings) -> list[Diagnosis]:
    try:
        file = locate_sqlite(settings.database_url)
    except BadRequest:
        return []  # the store's check tells it
    if file is None:
        return []
    # `serve` makes missing folders, so the one that counts is the nearest that exists.
    folder = next(parent for parent in file.absolute().parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    return [rules.judge_disk(str(folder), free, is_writable=os.access(folder, os.W_OK | os.X_OK))]


async def _examine_ice(settings: Settings) -> list[Diagnosis]:
    relays = rules.judge_relays(has_relay=settings.may_have_relay or settings.is_development)
    if settings.role == "backend":
        return []  # it has no rooms
    try:
        async with asyncio.timeout(_ICE_SECONDS_MAX):
            found = await check_turn(settings, read_wall_ms(), seconds_max=CHECK_SECONDS_MAX)
    except BadRequest:  # there is nothing to check
        return relays
    except TimeoutError:
        return [rules.judge_slow_ice(_ICE_SECONDS_MAX)]
    return [*relays, *map(rules.judge_ice, found)]


def _examine_files(settings: Settings) -> list[Diagnosis]:
    if not settings.webhook_client_cert:
        return []
    try:
        certificates = x509.load_pem_x509_certificates(Path(settings.webhook_client_cert).read_bytes())
    except (OSError, ValueError) as error:
        return [rules.judge_certificate_failure("WEBHOOK_CLIENT_CERT", error)]
    ends_ms = min(round(known.not_valid_after_utc.timestamp() * 1000) for known in certificates)
    return [rules.judge_expiry("WEBHOOK_CLIENT_CERT", ends_ms, read_wall_ms())]


async def _examine_page(settings: Settings) -> list[Diagnosis]:
    if settings.is_development:
        return []
    report = await probe_target(
        f"{settings.base_url}/health", TargetRule(allows_all=True), seconds_max=CHECK_SECONDS_MAX
    )
    return rules.judge_page(_name("WEBRTC_URL", settings.base_url), report, read_wall_ms())


async def _examine_targets(settings: Settings) -> list[Diagnosis]:
    rule = receive_target_rule(settings.webhook_private_targets, allows_loopback=settings.is_development)
    key = settings.webhook_client_key or settings.webhook_client_cert
    certificate = (settings.webhook_client_cert, key) if settings.webhook_client_cert else None
    targets = await _list_targets(settings)
    asked = list(targets.items())[:TARGETS_MAX]
    reports = await asyncio.gather(
        *(probe_target(url, rule, seconds_max=CHECK_SECONDS_MAX, certificate=certificate) for _, url in asked)
    )
    now_ms = read_wall_ms()
    found = [
        finding
        for (name, url), report in zip(asked, reports, strict=True)
        for finding in rules.judge_target(_name(name, url), report, now_ms)
    ]
    return [*found, *rules.judge_rest(len(targets) - len(asked))]


async def _list_targets(settings: Settings) -> dict[str, str]:
    """Return the URLs that get something, by where they come from. A path or query may be a secret: none is printed."""
    given = {"BACKEND_URL": settings.backend_url, "CALL_URL": settings.call_url}
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            report = await inspect_store(settings.database_url)
            stored = await _load_endpoints(settings) if report.schema == report.head else {}
    except (TimeoutError, LangDAOError, OSError):
        stored = {}  # the store's check tells it
    return {name: url for name, url in {**given, **stored}.items() if url}


async def _load_endpoints(settings: Settings) -> dict[str, str]:
    store = await SqlStore.open(settings.database_url)
    try:
        endpoints = await store.deliveries.load_endpoints()
    finally:
        await store.close()
    return {
        f"endpoint {known.id}": known.url
        for known in endpoints
        if known.disabled is None and not known.is_from_settings
    }


def _examine_clock() -> list[Diagnosis]:
    return rules.judge_ntp(is_synchronized=read_synchronized())


def read_synchronized() -> bool | None:
    """Ask the kernel whether something keeps its clock right; None if it cannot say (adjtimex(2) is Linux's)."""
    if sys.platform != "linux":
        return None
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))  # modes = 0 only reads
    return None if state < 0 else state != _TIME_ERROR


def _list_problems(error: ValidationError) -> list[tuple[str, str]]:
    return [
        ("_".join(str(part) for part in problem["loc"]).upper(), problem["msg"]) for problem in error.errors()
    ]


def _key(name: str, field: Any) -> str:  # noqa: ANN401 - pydantic's FieldInfo
    return str(field.validation_alias or name)


def _name(source: str, url: str) -> str:
    return f"{source} ({urlsplit(url).hostname})"


def _as_json(findings: Sequence[Diagnosis]) -> str:
    rows = [asdict(finding) for finding in findings]
    return json.dumps({"grade": rules.worst_of(findings), "findings": rows}, indent=2)


def _as_text(findings: Sequence[Diagnosis]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{finding.grade:<5} {finding.check:<12} {escape_controls(finding.found)}")
        if finding.mend:
            lines.append(f"{'':<18} → {finding.mend}")
    return "\n".join(lines)
