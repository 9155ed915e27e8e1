"""The golden webhooks of wire/webhooks, and their headers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from langdao_video.delivery.signing import sign_headers

ROOT: Final = Path(__file__).parents[2]
OLD_SECRET: Final = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105 - an example, public in wire/
NEW_SECRET: Final = "whsec_yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3"  # noqa: S105 - an example, public in wire/


@dataclass(frozen=True, slots=True)
class Signed:
    """A webhook as it was sent."""

    name: str
    secret: str
    id: str
    timestamp: int
    body: str
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "webhook-id": self.id,
            "webhook-timestamp": str(self.timestamp),
            "webhook-signature": self.signature,
        }

    def sign_at(self, at_seconds: int, *secrets: str) -> dict[str, str]:
        """Return the headers of the same webhook in another attempt."""
        return sign_headers(secrets or [self.secret], self.id, at_seconds, self.body.encode())


GOLDENS: Final = [
    Signed(**fields) for fields in json.loads((ROOT / "wire/webhooks/signed.json").read_text("utf-8"))
]
END: Final = next(golden for golden in GOLDENS if golden.name == "session-ended")
