"""The doctor, on services that are well, ill and badly set."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from langdao_video.commands import doctor
from langdao_video.commands.doctor import examine, receive_settings, run_doctor
from langdao_video.commands.doctor_rules import Diagnosis
from langdao_video.delivery.endpoint_book import EndpointBook
from langdao_video.settings import Settings
from langdao_video.store.migrate import migrate
from langdao_video.store.sql import SqlStore
from tests.delivery.receivers import answer, receiving
from tests.delivery.test_transport import make_certificate
from tests.ports import free_port
from tests.redis_server import running_redis

KEY = "k" * 32
SECRET = "whsec_" + "A" * 32


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only the settings that the test sets."""
    for name in [name for name in os.environ if name.lower() in Settings.model_fields]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'a.sqlite'}")
    monkeypatch.setenv("STUN_URLS", "none")


def of(findings: list[Diagnosis], check: str) -> list[Diagnosis]:
    return [finding for finding in findings if finding.check == check]


def test_all_that_is_wrong_with_settings_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "99999")
    monkeypatch.setenv("BACKEND_URL", "https://me:hidden@x")
    monkeypatch.setenv("HOST", "0.0.0.0")  # noqa: S104 - the setting under test
    monkeypatch.setenv("CALL_URL", "https://call.example")

    settings, findings = receive_settings()

    told = "\n".join(finding.found for finding in findings)
    assert settings is None
    assert all(word in told for word in ("PORT", "BACKEND_URL", "LINK_KEYS", "CALL_SECRET", "SERVICE_ROLE"))
    assert "hidden" not in told


def test_what_follows_from_another_mistake_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")  # noqa: S104 - the setting under test
    monkeypatch.setenv("LINK_KEYS", "short")

    _, findings = receive_settings()

    assert [finding.found.partition(":")[0] for finding in findings] == ["LINK_KEYS"]


def test_wrong_settings_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_ROLE", "nothing")

    report, is_well = run_doctor(as_json=True)

    assert not is_well
    assert json.loads(report)["grade"] == "fail"


def test_a_new_machine_gets_advice_and_no_failure(tmp_path: Path) -> None:
    report, is_well = run_doctor(as_json=False)

    assert is_well
    assert "warn  settings" in report
    assert "langdao-video migrate" in report
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "LINK_KEYS": KEY,
        "API_KEYS": "api-key",
        "BACKEND_URL": f"http://127.0.0.1:{free_port()}/in-the-path?in=query",
        "BACKEND_SECRET": SECRET,
        "WEBRTC_URL": f"https://127.0.0.1:{free_port()}",
        "WEBHOOK_PRIVATE_TARGETS": "*",
    }.items():
        monkeypatch.setenv(name, value)

    report, is_well = run_doctor(as_json=True)

    assert not is_well
    assert "BACKEND_URL (127.0.0.1)" in report
    assert not [word for word in (KEY, "api-key", SECRET, "in-the-path", "query") if word in report]


async def test_settings_and_stored_endpoints_are_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)
    async with receiving(answer(200, b"")) as backend, receiving(answer(404, b"")) as stored:
        await EndpointBook(store.deliveries, needs_https=False).add(
            "stored", stored.url, None, SECRET, made_key=b"", now_ms=0
        )
        await store.close()

        findings = await examine(Settings(database_url=url, stun_urls=(), backend_url=backend.url))

    assert [finding.found for finding in of(findings, "targets")] == [
        "BACKEND_URL (localhost) answers.",
        "endpoint stored (localhost) answers.",
    ]
    assert [finding.grade for finding in of(findings, "store")] == ["ok"]


async def test_redis_is_asked_where_it_is_set(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    async with running_redis(tmp_path, "--requirepass", "hidden") as redis:
        right = f"redis://:hidden@127.0.0.1:{redis.port}"
        good = await examine(Settings(database_url=url, stun_urls=(), redis_url=right))
        locked = await examine(Settings(database_url=url, stun_urls=(), redis_url=redis.url))

    assert [finding.check for finding in good].count("backplane") == 1
    assert [finding.grade for finding in of(locked, "backplane")] == ["fail"]
    assert "password" in of(locked, "backplane")[0].found
    assert "hidden" not in str([*good, *locked])


async def test_a_database_that_is_down_does_not_hide_the_rest() -> None:
    url = f"postgresql://me:hidden@127.0.0.1:{free_port()}/x"
    async with receiving(answer(200, b"")) as backend:
        findings = await examine(Settings(database_url=url, stun_urls=(), backend_url=backend.url))

    assert [finding.grade for finding in of(findings, "store")] == ["fail"]
    assert [finding.grade for finding in of(findings, "targets")] == ["ok"]
    assert "hidden" not in str(findings)


@pytest.mark.parametrize("url", ["mysql://me:hidden@x/y", "postgresql://me:hidden@nowhere.invalid/x"])
async def test_a_database_that_is_none_fails(url: str) -> None:
    findings = await examine(Settings(database_url=url, stun_urls=()))

    assert [finding.grade for finding in of(findings, "store")] == ["fail"]
    assert "hidden" not in str(findings)


async def test_the_client_certificate_is_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    ours, _ = make_certificate(tmp_path, days=9)

    for path, grade in ((ours, "warn"), (tmp_path / "missing.pem", "fail"), (tmp_path, "fail")):
        findings = await examine(Settings(database_url=url, stun_urls=(), webhook_client_cert=str(path)))
        assert [finding.grade for finding in of(findings, "certificates")] == [grade]


async def test_an_ice_server_that_is_down_is_told(tmp_path: Path) -> None:
    url = f"stun:127.0.0.1:{free_port()}"

    findings = await examine(Settings(database_url=f"sqlite:///{tmp_path / 'a.sqlite'}", stun_urls=(url,)))

    assert [finding.grade for finding in of(findings, "ice")] == ["warn"]


async def test_a_check_that_breaks_breaks_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_: Settings) -> list[Diagnosis]:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(doctor, "_examine_disk", break_down)

    findings = await examine(Settings(database_url=f"sqlite:///{tmp_path / 'a.sqlite'}", stun_urls=()))

    assert [finding.found for finding in of(findings, "disk")] == ["This check broke: ZeroDivisionError: x"]
    assert of(findings, "store")
