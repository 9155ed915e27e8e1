"""A platform's receiver: it fails in every way, and computes the bill from what it takes.

Law: it was written from R21–R24 alone. Besides these it knows that `webhook-id` names a delivery, that `seq` orders a
session's events, and that `billableSeconds` is a total. It ignores every type and field that it does not know.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from langdao_video.delivery.port import WebhookAnswer
from tools.simulator.plan import Failure, ReceiverPlan
from tools.simulator.world import World

_ANSWER_MS: Final = 15_000
"""How long a transport waits for an answer (delivery/transport.py)."""
_CONNECT_MS: Final = 5_000
_HASTY_MS: Final = 4_000
HASTY_MAX: Final = 20
"""An operator's replay, a restart or the end of an outage explains this many."""
_OPERATOR_MS: Final = (30_000, 1_800_000)
"""When the operator notices that an endpoint is disabled: not before the service has learned of it."""
_SHORT_FAILURES: Final[tuple[Failure, ...]] = (
    "away", "reset", "hangs", "500", "404", "429", "302", "unanswered",
)  # fmt: skip
_RETRY_AFTERS: Final = ("7", "120", "3600", "0", "soon", "Sun, 20 Sep 2026 14:00:00 GMT", "-5")


@dataclass(slots=True)
class SimulatedPlatform:
    """What a platform knows of one session."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Each event that it took, by `webhook-id`, in the order in which they first came."""
    billable_seconds: int = 0
    cost_minor: int | None = None
    """Told at the end and when the bill is final."""
    _newest: tuple[int, int] = (0, 0)

    def take(self, webhook_id: str, body: bytes) -> bool:
        """Take an event; return whether it is new."""
        if webhook_id in self.events:
            return False
        event = self.events[webhook_id] = json.loads(body)
        place = event["seq"], event["timestamp"] if event["type"] == "session-heartbeat" else 0
        if place >= self._newest:
            self._newest = place
            self.billable_seconds = event["billableSeconds"]
            if event["type"] in {"session-ended", "bill-final"}:
                self.cost_minor = event["cost"]["minor"]
        return True


@dataclass(slots=True)
class Try:
    """All tries of one message, as the network saw them."""

    body: bytes
    count: int = 0
    at_ms: int = -(2**40)
    """When the newest of them came, in true time."""
    hasty: int = 0
    """How many came so soon after the one before that no schedule explains it."""
    failed_ms: int | None = None
    """When the first of them failed, by the service's clock."""


@dataclass(slots=True)
class SimulatedReceiver:
    """One URL of a platform."""

    world: World
    random: Random
    plan: ReceiverPlan
    url: str
    secrets: tuple[str, ...]
    fails: list[tuple[int, int, Failure]]
    on_gone: Callable[[SimulatedReceiver], object]
    platform: SimulatedPlatform = field(default_factory=SimulatedPlatform)
    tries: dict[str, Try] = field(default_factory=dict)
    repeats: int = 0
    facts_repeated: int = 0
    lost_answers: int = 0
    faults: list[str] = field(default_factory=list)
    _newest_seq: int = 0
    _died_in: set[int] = field(default_factory=set)

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[WebhookAnswer, int]:
        """Take a request, or fail; return the answer as the sender sees it, and after how many ms it sees it."""
        webhook_id = headers["webhook-id"]
        known = self.tries.setdefault(webhook_id, Try(body))
        known.hasty += self.world.now_ms - known.at_ms < _HASTY_MS
        known.count, known.at_ms = known.count + 1, self.world.now_ms
        if known.body != body:
            self.faults.append(f"{webhook_id} came with other bytes")
        how = self._find_failure()
        if how in {None, "unanswered"}:
            self._take(webhook_id, headers, body)
        answer, after_ms = self._answer(how)
        return (
            answer,
            _ANSWER_MS if known.hasty > HASTY_MAX else after_ms,
        )  # so that a loop without a rest ends

    def note_failed(self, webhook_id: str, now_ms: int) -> None:
        """Note that the sender learned of a failure."""
        known = self.tries[webhook_id]
        known.failed_ms = now_ms if known.failed_ms is None else min(known.failed_ms, now_ms)

    def _find_failure(self) -> Failure | None:
        now_ms = self.world.now_ms
        for number, (start_ms, end_ms, how) in enumerate(self.fails):
            if start_ms <= now_ms < end_ms:
                if how != "dies":
                    return how
                is_dead = number in self._died_in
                self._died_in.add(number)
                return "away" if is_dead else "unanswered"
        if self.plan.fails_percent and self.random.randrange(100) < self.plan.fails_percent:
            return self.random.choice(_SHORT_FAILURES)
        return None

    def _take(self, webhook_id: str, headers: Mapping[str, str], body: bytes) -> None:
        self._check_signature(webhook_id, headers, body)
        is_new = self.platform.take(webhook_id, body)
        event = self.platform.events[webhook_id]
        if not is_new:
            self.repeats += 1
            self.facts_repeated += event["type"] != "session-heartbeat"
            return
        if event["type"] == "session-heartbeat" and event["seq"] < self._newest_seq:
            self.faults.append(
                f"a heartbeat of seq {event['seq']} came although {self._newest_seq} had come before"
            )
        self._newest_seq = max(self._newest_seq, event["seq"])

    def _check_signature(self, webhook_id: str, headers: Mapping[str, str], body: bytes) -> None:
        """Verify every key as the Standard Webhooks say: a receiver may know only one of them."""
        signed = f"{webhook_id}.{headers['webhook-timestamp']}.".encode() + body
        given = headers.get("webhook-signature", "").split()
        for secret in self.secrets:
            key = base64.b64decode(secret.removeprefix("whsec_"))
            digest = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
            if f"v1,{digest}" not in given:
                self.faults.append(f"the signature of {webhook_id} is wrong")

    def _answer(self, how: Failure | None) -> tuple[WebhookAnswer, int]:
        back_ms = self.plan.latency_ms + int(self.random.expovariate(1) * self.plan.latency_ms)
        back_ms = min(back_ms, _ANSWER_MS - self.plan.latency_ms)
        match how:
            case None:
                answer = WebhookAnswer(status=self.random.choice((200, 200, 201, 204)))
            case "away":
                answer = WebhookAnswer(error="connect")
                back_ms = self.random.choice((back_ms, _CONNECT_MS))
            case "reset":
                answer = WebhookAnswer(error="reset")
            case "unanswered":
                self.lost_answers += 1
                answer = WebhookAnswer(error="reset")
                back_ms = self.random.choice((back_ms, _ANSWER_MS))
            case "hangs":
                answer, back_ms = WebhookAnswer(error="timeout"), _ANSWER_MS
            case "429":
                answer = WebhookAnswer(status=429, retry_after=self.random.choice(_RETRY_AFTERS))
            case _:
                answer = WebhookAnswer(status=int(how))
        if answer.status == 410:  # noqa: PLR2004 - Gone
            # The operator sees the endpoint disabled, and enables it again after a while.
            self.world.after(self.random.randrange(*_OPERATOR_MS), lambda: self.on_gone(self))
        return answer, back_ms
