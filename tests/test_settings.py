"""The settings: the defaults of R44, and that a wrong value is refused with what would be right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from langdao_video.settings import Settings
from tests.stories.forked import run_forked

KEY = "k" * 32
NAMES = [name.upper() for name in Settings.model_fields] + ["SERVICE_ROLE"]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def settings_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    with pytest.raises(ValidationError) as refused:
        settings_of(monkeypatch, **environment)
    return "; ".join(
        f"{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in refused.value.errors()
    )


@pytest.mark.requirement("R44")
def test_without_anything_set_it_serves_on_localhost_3000_for_this_machine_only() -> None:
    settings = Settings()

    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 3000, "http://localhost:3000")
    assert settings.is_development
    assert settings.parent_origins == ("'self'", "http://localhost:*", "http://127.0.0.1:*")


@pytest.mark.requirement("R4", "R44")
def test_port_backend_and_base_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(
        monkeypatch,
        PORT="8080",
        WEBRTC_URL="https://call.example/",
        BACKEND_URL="https://platform.example/api/webrtc-events",
    )

    assert (settings.port, settings.base_url) == (8080, "https://call.example")
    assert settings.backend_url == "https://platform.example/api/webrtc-events"


@pytest.mark.requirement("R4")
@pytest.mark.parametrize(
    ("given", "base", "path"),
    [
        ("https://call.example", "https://call.example", ""),
        ("HTTPS://Call.Example:443/", "https://call.example", ""),
        ("http://call.example:80", "http://call.example", ""),
        ("http://call.example:8080/", "http://call.example:8080", ""),
        ("https://platform.example/call/", "https://platform.example/call", "/call"),
        ("https://platform.example/a/b", "https://platform.example/a/b", "/a/b"),
        ("https://Bücher.example/урок", "https://xn--bcher-kva.example/%D1%83%D1%80%D0%BE%D0%BA", "/урок"),
    ],
)
def test_the_base_of_the_links_is_written_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch, given: str, base: str, path: str
) -> None:
    settings = settings_of(monkeypatch, WEBRTC_URL=given)

    assert (settings.base_url, settings.base_path) == (base, path)
    assert base.startswith(str(settings.base_origin))


def test_origins_that_may_embed_are_written_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "https://Platform.example:443/, http://localhost:*, https://Bücher.example:8443"

    assert settings_of(monkeypatch, FRAME_ANCESTORS=text).frame_ancestors == (
        "https://platform.example",
        "http://localhost:*",
        "https://xn--bcher-kva.example:8443",
    )


@pytest.mark.parametrize(("text", "shown"), [("off", False), ("false", False), ("on", True), ("", True)])
def test_the_api_s_description_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, text: str, *, shown: bool
) -> None:
    assert settings_of(monkeypatch, API_DOCS=text).api_docs is shown


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_of(monkeypatch, PORT="", LINK_KEYS="", BACKEND_URL="") == Settings()


@pytest.mark.parametrize(
    "text",
    ["stun:a.example stun:b.example", "stun:a.example,stun:b.example", " stun:a.example , stun:b.example "],
)
def test_lists_are_separated_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert settings_of(monkeypatch, STUN_URLS=text).stun_urls == ("stun:a.example", "stun:b.example")


@pytest.mark.parametrize("text", ["none", "None", " NONE "])
def test_a_network_may_need_no_stun(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert settings_of(monkeypatch, STUN_URLS=text).stun_urls == ()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_only_loopback_is_development(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert settings_of(monkeypatch, HOST=host).is_development


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "call.example", "localhost.example"])  # noqa: S104
def test_a_service_that_others_can_reach_must_sign_links(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    words = refusal(monkeypatch, HOST=host)

    assert "LINK_KEYS" in words
    assert "openssl rand -hex 32" in words


def test_with_keys_it_is_production_wherever_it_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(monkeypatch, LINK_KEYS=KEY, API_KEYS="secret")

    assert not settings.is_development
    assert settings.parent_origins == ("'self'",)


@pytest.mark.parametrize(
    ("environment", "names", "says"),
    [
        ({"PORT": "99999"}, "PORT", "65535"),
        ({"PORT": "http"}, "PORT", "integer"),
        ({"SERVICE_ROLE": "everything"}, "SERVICE_ROLE", "'both', 'call' or 'backend'"),
        ({"SERVICE_ROLE": "call"}, "", "BACKEND_URL"),
        ({"LINK_KEYS": KEY}, "", "API_KEYS"),
        ({"PORT": "4000", "METRICS_PORT": "4000"}, "", "PORT and METRICS_PORT are both 4000"),
        ({"LINK_KEYS": f"{KEY},short", "API_KEYS": "x"}, "LINK_KEYS", "at least 32 bytes"),
        ({"BACKEND_URL": "platform.example/events"}, "BACKEND_URL", "no full URL"),
        ({"BACKEND_URL": "http://["}, "BACKEND_URL", "no full URL"),
        ({"WEBRTC_URL": "call.example"}, "WEBRTC_URL", "no full URL"),
        ({"WEBRTC_URL": "https://call.example/?room=x"}, "WEBRTC_URL", "? and #"),
        ({"WEBRTC_URL": "https://call.example:*"}, "WEBRTC_URL", "no full URL"),
        ({"WEBRTC_URL": "https://call.example/a/../b"}, "WEBRTC_URL", "no full URL"),
        ({"FRAME_ANCESTORS": "https://a.example:99999"}, "FRAME_ANCESTORS", "is no origin"),
        ({"API_DOCS": "maybe"}, "API_DOCS", "boolean"),
        ({"FRAME_ANCESTORS": "https://a.example; script-src *"}, "FRAME_ANCESTORS", "is no origin"),
        ({"FRAME_ANCESTORS": "platform.example"}, "FRAME_ANCESTORS", "https://platform.example"),
        ({"FRAME_ANCESTORS": "*"}, "FRAME_ANCESTORS", "is no origin"),
        ({"FRAME_ANCESTORS": "https://a.example/path"}, "FRAME_ANCESTORS", "without a path"),
        ({"DEFAULT_CURRENCY": "dollars"}, "DEFAULT_CURRENCY", "ISO 4217"),
        ({"DEFAULT_CURRENCY": "XAU"}, "DEFAULT_CURRENCY", "ISO 4217"),
        ({"DEFAULT_CURRENCY": "DEM"}, "DEFAULT_CURRENCY", "ISO 4217"),
        ({"DEFAULT_RATE_PER_HOUR_MINOR": "19.99"}, "DEFAULT_RATE_PER_HOUR_MINOR", "integer"),
        ({"SILENCE_SECONDS": "0"}, "SILENCE_SECONDS", "over 10 and at most 25"),
        ({"SILENCE_SECONDS": "10"}, "SILENCE_SECONDS", "every 10 s"),
        ({"SILENCE_SECONDS": "26"}, "SILENCE_SECONDS", "would be billed"),
        ({"SILENCE_SECONDS": "120"}, "SILENCE_SECONDS", "over 10 and at most 25"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL", "'debug', 'info', 'warning' or 'error'"),
    ],
    ids=repr,
)
def test_a_wrong_value_is_named_and_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], names: str, says: str
) -> None:
    words = refusal(monkeypatch, **environment)

    assert words.startswith(f"{names}: ")
    assert says in words


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(monkeypatch, LINK_KEYS="not-so-secret-anymore", API_KEYS="x")

    assert "anymore" not in words


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PORT": "http"}, "PORT: "),
        ({"HOST": "call.example"}, "LINK_KEYS"),
        ({"LINK_KEYS": "x"}, "LINK_KEYS: "),
    ],
    ids=["port", "host", "keys"],
)
def test_the_command_says_what_is_wrong_in_one_line_and_does_not_start(
    tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    others = {name: value for name, value in os.environ.items() if name not in NAMES}

    run = run_forked("serve", env={**others, **environment}, cwd=tmp_path)

    assert run.returncode == 2
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_secret_is_not_in_the_traceback_of_a_mounted_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALL_SECRET", "whsec_not-so-secret-anymore")

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert "anymore" not in str(refused.value)


class TestRelays:
    def test_they_have_addresses_and_a_secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = settings_of(
            monkeypatch,
            TURN_URLS="turn:a.example:3478, turns:a.example:443?transport=tcp",
            TURN_SECRET="hush",  # noqa: S106 - of no relay
            TURN_TTL_SECONDS="600",
        )

        assert settings.turn_urls == ("turn:a.example:3478", "turns:a.example:443?transport=tcp")
        assert settings.may_have_relay
        assert "hush" not in repr(settings)

    @pytest.mark.parametrize(
        ("environment", "says"),
        [
            ({"TURN_URLS": "turn:a"}, "TURN_URLS needs TURN_SECRET"),
            ({"TURN_SECRET": "hush"}, "TURN_URLS needs TURN_SECRET"),
            (
                {"TURN_URLS": "stun:a", "TURN_SECRET": "hush"},
                "TURN_URLS: Value error, 'stun:a' belongs in STUN_URLS",
            ),
            (
                {"STUN_URLS": "turn:a"},
                "STUN_URLS: Value error, 'turn:a' belongs in TURN_URLS, with TURN_SECRET",
            ),
            ({"STUN_URLS": "a.example"}, "STUN_URLS: Value error, 'a.example' is no ICE server"),
            ({"TURN_URLS": "turn:a:99999", "TURN_SECRET": "hush"}, "a port is 1 to 65535"),
            ({"TURN_TTL_SECONDS": "59"}, "TURN_TTL_SECONDS"),
            ({"TURN_TTL_SECONDS": "86401"}, "TURN_TTL_SECONDS"),
            ({"ICE_SERVERS": '[{"urls": "turn:a"}]'}, "needs a username and a credential"),
            ({"ICE_SERVERS": "turn:a"}, "ICE_SERVERS"),
            (
                {"ICE_SERVERS_COMMAND": "give 'servers"},
                "ICE_SERVERS_COMMAND: Value error, No closing quotation",
            ),
            ({"ICE_SERVERS_SECONDS": "1"}, "ICE_SERVERS_SECONDS"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], says: str
    ) -> None:
        said = refusal(monkeypatch, **environment)

        assert says in said
        assert "hush" not in said

    def test_other_providers_give_a_list_or_a_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fixed = '[{"urls": "turn:a", "username": "u", "credential": "c"}]'
        assert not Settings().may_have_relay
        assert Settings().ice_servers_command_words == []

        settings = settings_of(monkeypatch, ICE_SERVERS=fixed, ICE_SERVERS_COMMAND="give --for 'an hour'")

        assert settings.static_ice_servers[0].urls == ("turn:a",)
        assert settings.ice_servers_command_words == ["give", "--for", "an hour"]
        assert settings.may_have_relay

    def test_a_backend_leaves_it_to_its_call_service_whether_there_is_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert settings_of(monkeypatch, SERVICE_ROLE="backend").may_have_relay


def test_each_worker_has_a_metrics_port_of_its_own_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with_port, without = settings_of(monkeypatch, METRICS_PORT="9464"), Settings(metrics_port=0)

    assert [with_port.of_worker(number).metrics_port for number in range(3)] == [9464, 9465, 9466]
    assert without.of_worker(2).metrics_port == 0
