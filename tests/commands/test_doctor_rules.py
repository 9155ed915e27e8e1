"""What the doctor thinks of what it found."""

from __future__ import annotations

import pytest

from langdao_video.commands.doctor_rules import (
    DAY_MS,
    DISK_BYTES_MIN,
    DISK_BYTES_WANTED,
    REDIS_MS_MAX,
    SKEW_MS_MAX,
    SKEW_MS_WANTED,
    Diagnosis,
    Grade,
    judge_backplane,
    judge_backplane_failure,
    judge_disk,
    judge_expiry,
    judge_ice,
    judge_ntp,
    judge_page,
    judge_relays,
    judge_rest,
    judge_settings,
    judge_skew,
    judge_slow_ice,
    judge_store,
    judge_store_failure,
    judge_target,
    judge_wrong_settings,
    worst_of,
)
from langdao_video.delivery.target_probe import TargetReport
from langdao_video.settings import Settings
from langdao_video.store.inspection import StoreReport
from langdao_video.turn.check import Finding, Kind

SECRET = "whsec_" + "A" * 32
PRODUCTION = {"link_keys": ("k" * 32,), "api_keys": ("a",), "webrtc_url": "https://call.example"}


def grades(findings: list[Diagnosis]) -> list[Grade]:
    return [finding.grade for finding in findings]


def test_the_worst_grade_counts() -> None:
    ok, warn, fail = (Diagnosis("x", grade, "") for grade in ("ok", "warn", "fail"))

    assert worst_of([]) == worst_of([ok]) == "ok"
    assert worst_of([ok, warn]) == "warn"
    assert worst_of([warn, fail, ok]) == "fail"


def test_a_wrong_setting_is_told_without_its_password() -> None:
    (found,) = judge_wrong_settings([("BACKEND_URL", "Value error, 'https://me:pass@x' is no full URL")])

    assert found.found == "BACKEND_URL: 'https://…@x' is no full URL"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["warn"]),
        (PRODUCTION, ["ok"]),
        ({**PRODUCTION, "webrtc_url": ""}, ["fail"]),
        ({**PRODUCTION, "webrtc_url": "http://call.example"}, ["fail"]),
        ({**PRODUCTION, "backend_url": "https://b.example/"}, ["warn"]),
        ({**PRODUCTION, "backend_url": "https://b.example/", "backend_secret": (SECRET,)}, ["ok"]),
        ({**PRODUCTION, "backend_url": "http://b.example/", "backend_secret": (SECRET,)}, ["warn"]),
        ({**PRODUCTION, "webrtc_url": "", "backend_url": "http://b.example/"}, ["fail", "warn", "warn"]),
    ],
)
def test_settings_are_judged_by_what_the_internet_needs(
    given: dict[str, object], expected: list[Grade]
) -> None:
    assert grades(judge_settings(Settings(**given))) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("report", "grade", "says"),
    [
        (StoreReport("0005", "0005", knows_schema=True), "ok", "takes a write"),
        (StoreReport(None, "0005", knows_schema=True), "warn", "is empty"),
        (StoreReport("0003", "0005", knows_schema=True), "warn", "has schema 0003"),
        (StoreReport("0009", "0005", knows_schema=False), "fail", "newer version"),
    ],
)
def test_a_store_is_judged_by_its_schema(report: StoreReport, grade: Grade, says: str) -> None:
    (found,) = judge_store(report)

    assert found.grade == grade
    assert says in found.found


def test_a_store_that_fails_is_told_without_its_password() -> None:
    found = judge_store_failure("cannot connect to postgresql://me:pass@db/x")

    assert found.grade == "fail"
    assert "pass" not in found.found


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (TargetReport(status=200), ["ok"]),
        (TargetReport(status=405), ["ok"]),
        (TargetReport(status=308), ["warn"]),
        (TargetReport(error="no answer"), ["fail"]),
        (TargetReport(error="private", is_refused=True), ["fail"]),
        (TargetReport(error="expired", is_untrusted=True), ["fail"]),
        (TargetReport(status=200, expires_ms=20 * DAY_MS, skew_ms=0), ["ok", "ok", "ok"]),
        (TargetReport(status=200, expires_ms=2 * DAY_MS, skew_ms=-60_000), ["ok", "warn", "warn"]),
    ],
)
def test_a_target_is_judged_by_its_answer(report: TargetReport, expected: list[Grade]) -> None:
    assert grades(judge_target("BACKEND_URL (b)", report, now_ms=0)) == expected


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (TargetReport(status=200, skew_ms=1), ["ok", "ok"]),
        (TargetReport(status=502), ["warn"]),
        (TargetReport(error="no answer"), ["warn"]),
        (TargetReport(error="expired", is_untrusted=True), ["fail"]),
    ],
)
def test_our_own_page_fails_only_by_its_certificate(report: TargetReport, expected: list[Grade]) -> None:
    assert grades(judge_page("WEBRTC_URL (c)", report, now_ms=0)) == expected


def test_targets_that_were_not_asked_are_counted() -> None:
    assert judge_rest(0) == []
    assert "3 more" in judge_rest(3)[0].found


@pytest.mark.parametrize(
    ("expires_ms", "grade"), [(-1, "fail"), (0, "warn"), (14 * DAY_MS - 1, "warn"), (14 * DAY_MS, "ok")]
)
def test_a_certificate_is_judged_by_its_days(expires_ms: int, grade: Grade) -> None:
    assert judge_expiry("x", expires_ms, now_ms=0).grade == grade


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_is_judged_by_how_far_it_is_off(sign: int) -> None:
    assert judge_skew("x", sign * (SKEW_MS_WANTED - 1)).grade == "ok"
    assert judge_skew("x", sign * SKEW_MS_WANTED).grade == "warn"
    assert judge_skew("x", sign * SKEW_MS_MAX).grade == "fail"


def test_a_clock_is_ahead_or_behind() -> None:
    assert "60 s ahead of ours" in judge_skew("x", 60_000).found
    assert "60 s behind ours" in judge_skew("x", -60_000).found


def test_a_kernel_that_says_nothing_is_no_finding() -> None:
    assert judge_ntp(is_synchronized=None) == []
    assert grades(judge_ntp(is_synchronized=True)) == ["ok"]
    assert grades(judge_ntp(is_synchronized=False)) == ["warn"]


@pytest.mark.parametrize(
    ("free_bytes", "is_writable", "grade"),
    [
        (DISK_BYTES_WANTED, True, "ok"),
        (DISK_BYTES_WANTED - 1, True, "warn"),
        (DISK_BYTES_MIN - 1, True, "fail"),
        (DISK_BYTES_WANTED, False, "fail"),
    ],
)
def test_a_disk_is_judged_by_its_room(free_bytes: int, grade: Grade, *, is_writable: bool) -> None:
    assert judge_disk("/var", free_bytes, is_writable=is_writable).grade == grade


@pytest.mark.parametrize(
    ("kind", "subject", "grade"),
    [
        ("ok", "turn:x (UDP)", "ok"),
        ("note", "turn:x", "ok"),
        ("failed", "stun:x (UDP)", "warn"),
        ("failed", "turn:x (UDP)", "fail"),
        ("open", "turn:x", "fail"),
    ],
)
def test_a_relay_that_is_open_or_down_fails_and_stun_only_warns(
    kind: Kind, subject: str, grade: Grade
) -> None:
    assert judge_ice(Finding(kind, subject, "text", "mend")).grade == grade


def test_pages_without_a_relay_are_a_warning() -> None:
    assert judge_relays(has_relay=True) == []
    assert grades(judge_relays(has_relay=False)) == ["warn"]
    assert judge_slow_ice(12).grade == "fail"


def test_a_redis_that_is_far_away_is_told() -> None:
    assert judge_backplane("redis://h:6379", REDIS_MS_MAX).grade == "ok"
    assert judge_backplane("redis://h:6379", REDIS_MS_MAX + 1).grade == "warn"
    assert judge_backplane_failure("REDIS_URL: no").grade == "fail"
