"""Signatures of webhooks: ours with the independent package, theirs with ours, and every way to be wrong."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from langdao_video.delivery.signing import (
    KEY_BYTES_MIN,
    NEW_KEY_BYTES,
    SecretInvalid,
    SignatureInvalid,
    make_secret,
    receive_secret,
    sign_headers,
    verify,
)

NOW = 1_764_000_000
ID = "evt_0123456789abcdef"
BODY = '{"type":"user-connected","userName":"Zoë 🎓"}'.encode()
OLD, NEW, OTHER = (make_secret(bytes([n]) * NEW_KEY_BYTES) for n in (1, 2, 3))

keys = st.binary(min_size=KEY_BYTES_MIN, max_size=64)


def reason_of(secret: str, headers: dict[str, str], now: float = NOW, body: bytes = BODY) -> str:
    """Return why a request is refused."""
    with pytest.raises(SignatureInvalid) as refused:
        verify([secret], headers, body, now)
    return refused.value.reason


@given(keys, st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_theirs_verifies_ours(key: bytes, text: str) -> None:
    now = int(dt.datetime.now(dt.UTC).timestamp())
    secret = make_secret(key)
    headers = sign_headers([secret], ID, now, json.dumps(text).encode())

    assert Webhook(secret).verify(json.dumps(text).encode(), headers) == text


@given(keys, st.text(alphabet=st.characters(codec="utf-8"), max_size=200), st.integers(0, 4_000_000_000))
def test_ours_verifies_theirs(key: bytes, text: str, at: int) -> None:
    secret = make_secret(key)
    signature = Webhook(secret).sign(ID, dt.datetime.fromtimestamp(at, dt.UTC), text)
    headers = {"Webhook-Id": ID, "Webhook-Timestamp": str(at), "Webhook-Signature": signature}

    assert verify([secret], headers, text.encode(), at) == ID


def test_both_make_the_same_signature() -> None:
    theirs = Webhook(NEW).sign(ID, dt.datetime.fromtimestamp(NOW, dt.UTC), BODY.decode())

    assert sign_headers([NEW], ID, NOW, BODY)["webhook-signature"] == theirs


class TestRotation:
    def test_while_a_key_is_replaced_either_key_verifies(self) -> None:
        now = int(dt.datetime.now(dt.UTC).timestamp())
        headers = sign_headers([NEW, OLD], ID, now, BODY)

        for secret in (NEW, OLD):
            assert verify([secret], headers, BODY, now) == ID
            assert Webhook(secret).verify(BODY, headers)["type"] == "user-connected"
        assert reason_of(OTHER, headers, now) == "no-key-fits"

    def test_a_receiver_may_know_several_keys(self) -> None:
        assert verify([OTHER, OLD], sign_headers([OLD], ID, NOW, BODY), BODY, NOW) == ID


class TestTheClock:
    @pytest.mark.parametrize("skew", [-300, -299.5, 0, 299.5, 300])
    def test_five_minutes_are_accepted(self, skew: float) -> None:
        assert verify([NEW], sign_headers([NEW], ID, NOW, BODY), BODY, NOW + skew) == ID

    @pytest.mark.parametrize("skew", [-301, -300.5, 300.5, 301, 100_000])
    def test_more_is_not(self, skew: float) -> None:
        assert reason_of(NEW, sign_headers([NEW], ID, NOW, BODY), NOW + skew) == "clock-skew"

    @pytest.mark.parametrize("skew", [-290, 290, -310, 310])
    def test_theirs_draws_the_same_line(self, skew: int) -> None:
        now = int(dt.datetime.now(dt.UTC).timestamp())
        headers = sign_headers([NEW], ID, now + skew, BODY)

        if abs(skew) < 300:
            Webhook(NEW).verify(BODY, headers)
        else:
            with pytest.raises(WebhookVerificationError):
                Webhook(NEW).verify(BODY, headers)
            assert reason_of(NEW, headers, now) == "clock-skew"

    def test_the_refusal_says_how_far_off_it_is(self) -> None:
        with pytest.raises(SignatureInvalid, match="400 s old"):
            verify([NEW], sign_headers([NEW], ID, NOW, BODY), BODY, NOW + 400)


class TestMalformed:
    @pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
    @pytest.mark.parametrize("value", [None, ""])
    def test_a_missing_or_empty_header_is_named(self, name: str, value: str | None) -> None:
        headers = sign_headers([NEW], ID, NOW, BODY)
        del headers[name]
        if value is not None:
            headers[name] = value

        with pytest.raises(SignatureInvalid, match=name) as refused:
            verify([NEW], headers, BODY, NOW)
        assert refused.value.reason == "header-missing"

    @pytest.mark.parametrize("stamp", ["soon", "1.5", "-1", "1e9", " 1", "١٢٣", "9" * 40, "0x10", "NaN"])
    def test_a_timestamp_that_is_no_number(self, stamp: str) -> None:
        headers = sign_headers([NEW], ID, NOW, BODY) | {"webhook-timestamp": stamp}

        assert reason_of(NEW, headers) == "timestamp-invalid"

    @pytest.mark.parametrize(
        "signature", ["v1", "v1,", ",", "v1,é", "v1,\udc80", "v2,abc", "abc", "v1 abc", "v1,a," * 9, " " * 99]
    )
    def test_a_signature_that_is_none(self, signature: str) -> None:
        headers = sign_headers([NEW], ID, NOW, BODY) | {"webhook-signature": signature}

        assert reason_of(NEW, headers) == "no-key-fits"

    def test_signatures_of_other_kinds_are_passed_over(self) -> None:
        headers = sign_headers([NEW], ID, NOW, BODY)
        headers["webhook-signature"] = f"v1a,xyz  {headers['webhook-signature']} v9"

        assert verify([NEW], headers, BODY, NOW) == ID

    def test_a_flood_of_signatures_is_not_all_compared(self) -> None:
        headers = sign_headers([NEW], ID, NOW, BODY)
        headers["webhook-signature"] = "v1,x " * 1_000 + headers["webhook-signature"]

        assert reason_of(NEW, headers) == "no-key-fits"

    @given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=5), st.binary(max_size=60))
    def test_whatever_comes_is_refused_with_a_reason(self, headers: dict[str, str], body: bytes) -> None:
        with pytest.raises(SignatureInvalid):
            verify([NEW], headers, body, NOW)


@given(st.data(), keys)
def test_a_changed_byte_fits_no_key(data: st.DataObject, key: bytes) -> None:
    body = data.draw(st.binary(min_size=1, max_size=50))
    place = data.draw(st.integers(0, len(body) - 1))
    secret = make_secret(key)
    changed = body[:place] + bytes([body[place] ^ data.draw(st.integers(1, 255))]) + body[place + 1 :]

    assert reason_of(secret, sign_headers([secret], ID, NOW, body), NOW, changed) == "no-key-fits"


@pytest.mark.parametrize("changed", [{"webhook-id": "evt_2"}, {"webhook-timestamp": str(NOW + 1)}])
def test_id_and_time_are_signed_too(changed: dict[str, str]) -> None:
    assert reason_of(NEW, sign_headers([NEW], ID, NOW, BODY) | changed) == "no-key-fits"


def test_without_a_secret_nothing_is_signed() -> None:
    assert sign_headers([], ID, NOW, BODY) == {"webhook-id": ID, "webhook-timestamp": str(NOW)}


class TestSecrets:
    def test_a_new_one_is_understood_by_both(self) -> None:
        key = secrets.token_bytes(NEW_KEY_BYTES)

        assert receive_secret(make_secret(key)) == key
        assert Webhook(make_secret(key))._whsecret == key

    def test_the_prefix_may_be_left_out(self) -> None:
        assert receive_secret(NEW.removeprefix("whsec_")) == receive_secret(NEW)

    @pytest.mark.parametrize(
        "secret",
        ["", "whsec_", "whsec_not base64", "whsec_é", "whsec_abc", "hunter2"]
        + [f"whsec_{base64.b64encode(b'k' * size).decode()}" for size in (1, 23, 65)],
    )
    def test_what_is_none_is_refused_with_advice_and_not_repeated(self, secret: str) -> None:
        with pytest.raises(SecretInvalid, match="openssl rand -base64 32") as refused:
            receive_secret(secret)

        assert not secret.removeprefix("whsec_") or secret not in str(refused.value)
