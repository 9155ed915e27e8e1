"""What is wrong with REDIS_URL is said without its password."""

from __future__ import annotations

import pytest

from langdao_video.backplane.redis_url import describe_redis, explain_failure, locate_redis, receive_redis_url


@pytest.mark.parametrize("url", ["redis://h", "rediss://u:p@h:1/2", "redis://[::1]:6379?ssl_ca_certs=/a"])
def test_urls_of_redis_are_taken(url: str) -> None:
    assert receive_redis_url(url) == url


@pytest.mark.parametrize("url", ["http://h", "h:6379", "redis://", "redis://h:0", "redis://h:x", "redis://["])
def test_others_are_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match="redis://HOST"):
        receive_redis_url(url)


def test_one_redis_is_one_place_whoever_asks_for_it() -> None:
    places = {locate_redis(url) for url in ("redis://H", "redis://u:old@h:6379/0", "redis://:new@h/1")}

    assert places == {"h:6379"}
    assert locate_redis("redis://h:6380") != locate_redis("redis://h")


def test_no_password_is_printed() -> None:
    assert describe_redis("rediss://user:secret@h/0") == "rediss://h:6379"


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (TimeoutError(), "does not answer"),
        (OSError("[SSL: WRONG_VERSION_NUMBER] wrong"), "TLS failed"),
        (ConnectionRefusedError("refused"), "no Redis answers"),
        (ConnectionError("Connection closed by server."), "rediss://"),
        (ConnectionResetError(104, "Connection reset by peer"), "rediss://"),
        (ValueError("what is this"), "is no Redis"),
        (OSError("NOAUTH Authentication required"), "password"),
    ],
    ids=repr,
)
def test_each_failure_says_what_to_set(error: Exception, advice: str) -> None:
    said = explain_failure("redis://:secret@h", error)

    assert advice in said
    assert said.startswith("REDIS_URL, redis://h:6379: ")
    assert "secret" not in said


def test_who_wrote_tls_and_gets_no_answer_is_not_told_to_write_tls() -> None:
    assert "write redis://" in explain_failure("rediss://h", TimeoutError())
    assert "write rediss://" in explain_failure("redis://h", TimeoutError())
