"""Says in plain words why a request does not fit: to the developer who wrote it. Pure.

The validator's own words are about Python's objects; ours name what to send instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from langdao_video.log_writer import escape_controls

_PROBLEMS_MAX: Final = 10
_OF_VALIDATOR: Final = "Value error, "
_NO_OBJECT: Final = frozenset({"dict_type", "model_attributes_type", "model_type"})
_SEND_OBJECT: Final = "send a JSON object, with the header Content-Type: application/json"


def explain_invalid(problems: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the field and a message of each problem that pydantic found, ten at most.

    A list is not said to be too short when one of its entries is what is wrong: the validator counts only right ones.
    """
    parents = {tuple(problem["loc"][:end]) for problem in problems for end in range(len(problem["loc"]))}
    own = [each for each in problems if each["type"] != "too_short" or tuple(each["loc"]) not in parents]
    # The caller chose the names of the fields, and a person may read them in a terminal.
    return [
        {"field": escape_controls(_name(each)), "message": escape_controls(_explain(each))}
        for each in own[:_PROBLEMS_MAX]
    ]


def _explain(problem: Mapping[str, Any]) -> str:
    kind, message = problem["type"], str(problem["msg"])
    is_body = tuple(problem["loc"]) == ("body",)
    if kind == "json_invalid":
        why = (problem.get("ctx") or {}).get("error", message)
        return f"this is no JSON, at character {problem['loc'][-1]}: {why}"
    if is_body and (kind in _NO_OBJECT or kind == "missing"):
        return _SEND_OBJECT
    if kind in _NO_OBJECT:
        return "this is a JSON object"
    if kind == "extra_forbidden":
        return "there is no such field here"
    if kind == "missing":
        return "this field is missing"
    if kind == "union_tag_not_found":
        return "say in `type` what this is"
    return message.removeprefix(_OF_VALIDATOR)


def _name(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "json_invalid":
        return "body"
    return ".".join(str(part) for part in problem["loc"] if part not in ("body", "query", "path")) or "body"
