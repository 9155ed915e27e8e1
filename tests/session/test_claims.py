"""The client has a text for each claim and each cause of a question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from langdao_video.session.claims import Claim, WarningCause

WORDS = json.loads((Path(__file__).parents[2] / "client/src/i18n/en.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("claim", get_args(Claim))
def test_each_claim_has_its_words(claim: str) -> None:
    assert WORDS[f"claim.{claim}"]


@pytest.mark.parametrize("cause", sorted(set(get_args(WarningCause)) - {"away"}))
def test_each_cause_that_is_no_disconnect_has_a_headline(cause: str) -> None:
    assert WORDS[f"claim.title.{cause}"]
