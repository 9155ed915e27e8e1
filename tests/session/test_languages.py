"""The table of R2, to the letter."""

from __future__ import annotations

import pytest

from langdao_video.session.languages import LANGUAGES

ASKED_FOR = """
es Spanish Español · fr French Français · de German Deutsch · it Italian Italiano · pt Portuguese Português ·
ru Russian Русский · ja Japanese 日本語 · ko Korean 한국어 · zh Chinese 中文 · ar Arabic العربية ·
nl Dutch Nederlands · sv Swedish Svenska · no Norwegian Norsk · fi Finnish Suomi · pl Polish Polski ·
en English English
"""


@pytest.mark.requirement("R2")
def test_the_sixteen_languages_are_the_ones_asked_for_in_that_order() -> None:
    asked_for = [tuple(entry.split()) for entry in ASKED_FOR.split("·")]

    ours = [(language.code, language.name, language.native_name) for language in LANGUAGES.values()]

    assert ours == asked_for
    assert len(ours) == 16


def test_each_language_is_found_by_its_own_code() -> None:
    assert all(LANGUAGES[code].code == code for code in LANGUAGES)
