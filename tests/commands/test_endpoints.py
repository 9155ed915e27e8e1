"""Endpoints from the command line: the rules are those of the API."""

from __future__ import annotations

import re

import pytest

from langdao_video.commands.endpoints import add_endpoint, list_endpoints, remove_endpoint, rotate_secret
from langdao_video.commands.parts import Parts
from langdao_video.errors import BadRequest, NotFound

URL = "http://localhost:4000/"


def id_of(printed: str) -> str:
    found = re.search(r"^id: +(\S+)$", printed, re.MULTILINE)
    assert found
    return found[1]


async def test_an_endpoint_is_added_listed_rekeyed_and_removed(parts: Parts) -> None:
    assert await list_endpoints(parts) == "There is no endpoint."
    added = await add_endpoint(parts, URL, ("bill-final",), None)
    listed = await list_endpoints(parts)
    rotated = await rotate_secret(parts, id_of(added), None, drop_old=False)
    dropped = await rotate_secret(parts, id_of(added), None, drop_old=True)
    removed = await remove_endpoint(parts, id_of(added))

    secret = re.search(r"whsec_\S+", added)
    assert secret
    assert URL in listed
    assert "bill-final" in listed
    assert secret[0] not in listed
    assert "2 signatures" in rotated
    assert "newest" in dropped
    assert removed == "Removed."
    assert await list_endpoints(parts) == "There is no endpoint."


async def test_a_refusal_says_what_would_be_right(parts: Parts) -> None:
    with pytest.raises(BadRequest, match="The types are user-connected"):
        await add_endpoint(parts, URL, ("nothing",), None)
    with pytest.raises(NotFound):
        await remove_endpoint(parts, "ep_none")
