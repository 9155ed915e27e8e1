"""Requests that fit the published OpenAPI or not: no answer is a crash, and each refusal has its shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from langdao_video.app import create_app
from langdao_video.settings import Settings
from tests.stories.live import HandClock

pytestmark = pytest.mark.slow

SCHEMA: Final = schemathesis.openapi.from_dict(create_app(Settings(stun_urls=())).openapi())
# The feed answers as long as a session lasts, so tests/stories reads it.
OPERATIONS: Final = {
    found.ok().label: found.ok()
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok) and not found.ok().label.endswith("/feed")
}
bounded = settings(
    max_examples=10,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    database = f"sqlite:///{tmp_path_factory.mktemp('schema') / 'lessons.sqlite'}"
    app = create_app(Settings(database_url=database, stun_urls=()), clock=HandClock())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def session_id(client: TestClient) -> str:
    made = client.post("/api/sessions", json={"studentAddress": "0x" + "a" * 40, "language": "es"})
    assert made.status_code == 201
    known: str = made.json()["sessionId"]
    return known


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_that_fits_the_schema_makes_the_service_crash(
    client: TestClient, session_id: str, label: str
) -> None:
    @given(case=OPERATIONS[label].as_strategy())
    @bounded
    def ask(case: schemathesis.Case[Any]) -> None:
        for path in (case.formatted_path, case.path.replace("{session_id}", session_id)):
            expect_an_answer(client, request_of(case) | {"url": path})

    ask()


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label.startswith(("POST", "PATCH"))])
def test_no_json_makes_the_service_crash(client: TestClient, session_id: str, label: str) -> None:
    method, path = label.split()
    fields = st.sampled_from(
        ["sessionId", "type", "language", "studentAddress", "timestamp", "minor", "decision"]
    )

    @given(body=json_values | st.dictionaries(fields, json_values))
    @bounded
    def ask(body: object) -> None:
        request = {"method": method, "url": path.replace("{session_id}", session_id)}
        headers = {"content-type": "application/json"}
        expect_an_answer(client, request | {"content": json.dumps(body), "headers": headers})

    ask()


def expect_an_answer(client: TestClient, request: dict[str, Any]) -> None:
    """Send the request, and check that it causes no crash and that a refusal says why."""
    answer = client.request(**request)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.json()) >= {"code", "message"}, answer.text


def request_of(case: schemathesis.Case[Any]) -> dict[str, Any]:
    """Return the request as httpx takes it."""
    request = case.as_transport_kwargs(base_url="http://testserver")
    kept = ("method", "headers", "params", "json")
    return {name: request[name] for name in kept if request.get(name) is not None}
