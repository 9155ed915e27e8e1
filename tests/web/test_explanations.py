"""What a developer reads about a request that does not fit."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, ConfigDict, Field, ValidationError, create_model

from langdao_video.web.explanations import explain_invalid


def name_each(names: tuple[str, ...]) -> tuple[str, ...]:
    if "all" in names:
        raise ValueError("name each one")
    return names


Name = Annotated[str, Field(max_length=3)]
Names = Annotated[tuple[Name, ...], Field(min_length=1), AfterValidator(name_each)]
Body = create_model(
    "Body", __config__=ConfigDict(extra="forbid"), look=(create_model("Look"), None), names=(Names, ("a",))
)


def explain(value: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as found:
        Body.model_validate(value)
    # The framework puts the place of the body in front.
    problems: list[dict[str, Any]] = [
        {**each, "loc": ("body", *each["loc"])} for each in found.value.errors()
    ]
    return {each["field"]: each["message"] for each in explain_invalid(problems)}


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("text", {"body": "send a JSON object, with the header Content-Type: application/json"}),
        ({"look": 5}, {"look": "this is a JSON object"}),
        ({"luck": 5}, {"luck": "there is no such field here"}),
        ({"\x1b[2J": 5}, {"\\x1b[2J": "there is no such field here"}),
        ({"names": ["all"]}, {"names": "name each one"}),
        ({"names": []}, {"names": "Tuple should have at least 1 item after validation, not 0"}),
        ({"names": ["long"]}, {"names.0": "String should have at most 3 characters"}),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_each_problem_says_what_to_send(value: object, wrong: dict[str, str]) -> None:
    assert explain(value) == wrong


def test_ten_problems_are_enough() -> None:
    assert len(explain({f"field-{number}": 1 for number in range(20)})) == 10
