"""The sixteen languages a lesson can be in (R2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its ISO 639-1 code, its English name, and the name that its speakers use."""

    code: str
    name: str
    native_name: str


LANGUAGES: Final[dict[str, Language]] = {
    language.code: language
    for language in (
        Language("es", "Spanish", "Español"),
        Language("fr", "French", "Français"),
        Language("de", "German", "Deutsch"),
        Language("it", "Italian", "Italiano"),
        Language("pt", "Portuguese", "Português"),
        Language("ru", "Russian", "Русский"),
        Language("ja", "Japanese", "日本語"),
        Language("ko", "Korean", "한국어"),
        Language("zh", "Chinese", "中文"),
        Language("ar", "Arabic", "العربية"),
        Language("nl", "Dutch", "Nederlands"),
        Language("sv", "Swedish", "Svenska"),
        Language("no", "Norwegian", "Norsk"),
        Language("fi", "Finnish", "Suomi"),
        Language("pl", "Polish", "Polski"),
        Language("en", "English", "English"),
    )
}
