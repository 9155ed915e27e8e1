"""Webhooks are verified to the byte; a refusal says what is wrong; the npm library agrees in both directions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.delivery.signing import sign_headers
from langdao_video.platform import (
    Event,
    EventUnreadable,
    SecretInvalid,
    SessionEnded,
    SignatureInvalid,
    UnknownEvent,
    handle,
    verify,
)
from tests.platform.signed import END, GOLDENS, NEW_SECRET, OLD_SECRET, ROOT, Signed

BODY: Final = END.body.encode()


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.name)
class TestGoldens:
    def test_it_is_verified_and_read(self, golden: Signed) -> None:
        event = verify(golden.secret, golden.headers, golden.body.encode(), now_seconds=golden.timestamp)

        assert event.type == json.loads(golden.body)["type"]
        assert isinstance(event, UnknownEvent) == (golden.name == "type-of-a-later-version")

    def test_our_signature_is_the_golden_one(self, golden: Signed) -> None:
        made = golden.sign_at(golden.timestamp)["webhook-signature"]

        assert made in golden.signature.split(" ")

    def test_every_flipped_bit_of_the_body_is_noticed(self, golden: Signed) -> None:
        body = bytearray(golden.body.encode())
        for i in range(len(body)):
            body[i] ^= 1
            with pytest.raises(SignatureInvalid):
                verify(golden.secret, golden.headers, bytes(body), now_seconds=golden.timestamp)
            body[i] ^= 1


def test_the_bill_of_an_end_is_read() -> None:
    event = verify(END.secret, END.headers, BODY, now_seconds=END.timestamp)

    assert isinstance(event, SessionEnded)
    assert event.cost
    assert (event.billable_seconds, event.cost.minor, event.settling) == (330, 183, False)


def refusal(headers: dict[str, str], secrets: str = END.secret, now_seconds: float = END.timestamp) -> str:
    with pytest.raises(SignatureInvalid) as caught:
        verify(secrets, headers, BODY, now_seconds=now_seconds)
    return str(caught.value)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_refusal_names_the_missing_header(name: str) -> None:
    assert name in refusal({key: value for key, value in END.headers.items() if key != name})


@pytest.mark.parametrize(("skew", "text"), [(301, "301 s old"), (-301, "301 s ahead"), (7200, "7200 s old")])
def test_a_refusal_says_how_far_the_clocks_are_apart(skew: int, text: str) -> None:
    assert text in refusal(END.headers, now_seconds=END.timestamp + skew)


@pytest.mark.parametrize("skew", [-300, 300])
def test_five_minutes_are_still_right(skew: int) -> None:
    verify(END.secret, END.headers, BODY, now_seconds=END.timestamp + skew)


def test_a_refusal_says_that_no_secret_fits() -> None:
    text = refusal(END.headers, secrets=NEW_SECRET)

    assert "fits" in text
    assert NEW_SECRET not in text


@pytest.mark.parametrize("theirs", [f"{NEW_SECRET} {OLD_SECRET}", f"{NEW_SECRET},{OLD_SECRET}", OLD_SECRET])
@pytest.mark.parametrize("ours", [(OLD_SECRET,), (NEW_SECRET, OLD_SECRET)])
def test_a_secret_is_replaced_without_a_gap(ours: tuple[str, ...], theirs: str) -> None:
    headers = END.sign_at(END.timestamp, *ours)

    verify(theirs, headers, BODY, now_seconds=END.timestamp)
    verify(theirs.replace(",", " ").split(), headers, BODY, now_seconds=END.timestamp)


def test_names_of_headers_have_no_case() -> None:
    headers = {name.title(): value for name, value in END.headers.items()}

    verify(END.secret, headers, BODY, now_seconds=END.timestamp)


@pytest.mark.parametrize("secrets", ["", "  ", [], "whsec_", "whsec_not base64", "whsec_c2hvcnQ="])
def test_a_secret_that_is_none_is_refused_before_anything_is_taken(secrets: str | list[str]) -> None:
    with pytest.raises(SecretInvalid):
        verify(secrets, END.headers, BODY, now_seconds=END.timestamp)


def test_parsed_json_is_refused_because_its_bytes_are_lost() -> None:
    with pytest.raises(TypeError, match="raw bytes of the request, not dict"):
        verify(END.secret, END.headers, json.loads(BODY), now_seconds=END.timestamp)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b'{"type": "x"}', b"[" * 100_000])
def test_a_signed_body_that_is_no_event_is_unreadable(body: bytes) -> None:
    headers = sign_headers([END.secret], END.id, END.timestamp, body)

    with pytest.raises(EventUnreadable):
        verify(END.secret, headers, body, now_seconds=END.timestamp)


@given(
    st.dictionaries(
        st.sampled_from(list(END.headers)), st.text() | st.sampled_from(list(END.headers.values()))
    )
)
def test_no_header_does_more_than_be_refused(headers: dict[str, str]) -> None:
    if headers != END.headers:
        refusal(headers)


class TestHandle:
    @pytest.fixture
    def now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("langdao_video.platform.webhooks.time.time", lambda: float(END.timestamp))

    @pytest.mark.usefixtures("now")
    def test_an_event_is_handed_on_and_answered(self) -> None:
        taken: list[Event] = []

        answer = handle("POST", END.headers, BODY, END.secret, taken.append)

        assert answer == (200, {"content-type": "application/json"}, b'{"success": true}')
        assert [event.type for event in taken] == ["session-ended"]

    @pytest.mark.usefixtures("now")
    def test_the_same_event_again_is_handed_on_again(self) -> None:
        taken: list[Event] = []

        for _ in range(2):
            handle("POST", END.headers, BODY, END.secret, taken.append)

        assert taken[0] == taken[1]

    @pytest.mark.usefixtures("now")
    @pytest.mark.parametrize(
        ("method", "body", "status", "code"),
        [
            ("GET", b"", 405, "method-not-allowed"),
            ("POST", BODY + b" ", 401, "no-key-fits"),
            ("POST", b" " * (1024**2 + 1), 413, "body-too-large"),
        ],
    )
    def test_anything_else_is_refused_and_not_handed_on(
        self, method: str, body: bytes, status: int, code: str
    ) -> None:
        taken: list[Event] = []

        answer = handle(method, END.headers, body, END.secret, taken.append)

        assert (answer[0], json.loads(answer[2])["code"], taken) == (status, code, [])
        assert answer[1].get("allow") == ("POST" if status == 405 else None)

    def test_an_old_webhook_is_refused_with_the_skew(self) -> None:
        status, _, body = handle("POST", END.headers, BODY, END.secret, print)

        assert (status, json.loads(body)["code"]) == (401, "clock-skew")

    @pytest.mark.usefixtures("now")
    def test_a_signed_body_that_is_no_event_gets_400(self) -> None:
        headers = sign_headers([END.secret], END.id, END.timestamp, b"[]")

        assert handle("POST", headers, b"[]", END.secret, print)[0] == 400

    @pytest.mark.usefixtures("now")
    def test_what_the_receiver_raises_is_the_frameworks(self) -> None:
        def fail(_: Event) -> None:
            raise OSError("the database is away")

        with pytest.raises(OSError, match="the database is away"):
            handle("POST", END.headers, BODY, END.secret, fail)

    @pytest.mark.usefixtures("now")
    def test_an_asynchronous_receiver_is_refused_because_nothing_would_run_it(self) -> None:
        async def take(_: Event) -> None: ...

        with pytest.raises(TypeError, match="on_event is asynchronous"):
            handle("POST", END.headers, BODY, END.secret, take)


NPM: Final = """
const { Webhook } = require('standardwebhooks');
const { now, messages } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
Date.now = () => now * 1000;
console.log(JSON.stringify(messages.map(({ secret, headers, body }) => {
  const webhook = new Webhook(secret);
  const timestamp = new Date(now * 1000);
  const signature = webhook.sign(headers['webhook-id'] ?? 'msg', timestamp, body);
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return { signature, verified: true };
  } catch (error) {
    return { signature, verified: false };
  }
})));
"""


def ask_npm(now_seconds: int, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let npm's `standardwebhooks` sign and verify each message at a time."""
    node = shutil.which("node", path=str(Path(sys.executable).parent))
    assert node, "Node is installed by `make install`"
    asked = json.dumps({"now": now_seconds, "messages": messages})
    run = subprocess.run(
        [node, "-e", NPM], cwd=ROOT / "client", input=asked, capture_output=True, text=True, check=True
    )
    answers: list[dict[str, Any]] = json.loads(run.stdout)
    return answers


TEXTS: Final = ["{}", "Zoë 🦉 李\u2028", '{"a":"\\u0000"}', " " * 5000, json.dumps({"x": list(range(500))})]


class TestTheNpmLibrary:
    def test_it_verifies_what_we_sign_and_we_what_it_signs(self) -> None:
        both = [NEW_SECRET, OLD_SECRET]
        messages: list[dict[str, Any]] = [
            {"secret": secret, "body": text, "headers": sign_headers(both, "evt_1", 1_000, text.encode())}
            for text in [*TEXTS, *(golden.body for golden in GOLDENS)]
            for secret in (OLD_SECRET, NEW_SECRET)
        ]  # fmt: skip

        answers = ask_npm(1_000, messages)

        assert all(answer["verified"] for answer in answers)
        for message, answer in zip(messages, answers, strict=True):
            assert answer["signature"] in message["headers"]["webhook-signature"].split(" ")
            if message["body"].startswith('{"type"'):
                theirs = {**message["headers"], "webhook-signature": answer["signature"]}
                verify([message["secret"]], theirs, message["body"].encode(), now_seconds=1_000)

    @pytest.mark.parametrize("skew", [-301, -300, 0, 300, 301])
    def test_it_and_we_see_the_same_edge_of_the_clock(self, skew: int) -> None:
        [answer] = ask_npm(END.timestamp + skew, [{**vars_of(END), "headers": END.headers}])

        assert answer["verified"] == is_verified(END.headers, END.timestamp + skew) == (abs(skew) <= 300)

    def test_it_and_we_refuse_the_same_headers(self) -> None:
        right = END.headers["webhook-signature"]
        changes: list[dict[str, str]] = [
            {"webhook-id": ""},
            {"webhook-id": "evt_other"},
            {"webhook-timestamp": ""},
            {"webhook-timestamp": "soon"},
            {"webhook-timestamp": "-1"},
            {"webhook-timestamp": "1e9"},
            {"webhook-timestamp": str(END.timestamp + 1)},
            {"webhook-signature": ""},
            {"webhook-signature": "v1"},
            {"webhook-signature": "v1,"},
            {"webhook-signature": right.removeprefix("v1,")},
            {"webhook-signature": right.replace("v1,", "v2,")},
            {"webhook-signature": right.replace("v1,", "v1a,")},
            {"webhook-signature": right[:-1]},
            {"webhook-signature": f"v1,AAAA v2,x {right}"},
            {"webhook-signature": f"{right} v1,AAAA"},
        ]
        headers = [{**END.headers, **change} for change in changes]

        answers = ask_npm(END.timestamp, [{**vars_of(END), "headers": each} for each in headers])

        assert [answer["verified"] for answer in answers] == [is_verified(each) for each in headers]
        assert [is_verified(each) for each in headers] == [False] * 14 + [True] * 2


def vars_of(golden: Signed) -> dict[str, str]:
    return {"secret": golden.secret, "body": golden.body}


def is_verified(headers: dict[str, str], now_seconds: float = END.timestamp) -> bool:
    try:
        verify(END.secret, headers, BODY, now_seconds=now_seconds)
    except SignatureInvalid:
        return False
    return True
