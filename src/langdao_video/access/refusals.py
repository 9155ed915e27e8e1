"""Remembers refused addresses: how long to delay their next refusal, and what to log. Sans-I/O state.

Laws: an address gets one log line a minute, with a count, however often it is refused; every refusal is in some line.
Only refusals are delayed. A caller with a valid link or key is answered at once, from any address.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Final

NETWORKS_MAX: Final = 1_000
"""The most addresses with a line of their own in one minute. Further addresses share the line `others`."""
OTHERS: Final = "others"
MINUTE_MS: Final = 60_000

FREE_REFUSALS: Final = 5
"""So many refusals are answered at once: people mistype a key, or open an old link again."""
DELAY_FIRST_MS: Final = 100
DELAY_MAX_MS: Final = 3_000
FORGOTTEN_MS: Final = 10_000
"""After this time one refusal is forgotten."""
_STRIKES_MAX: Final = FREE_REFUSALS + 12


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """The log line of one address: the number of refusals, in total and by code."""

    network: str
    count: int
    codes: dict[str, int]


class RefusalLog:
    """Count refusals by address. The first one is logged at once, the others of the same minute together."""

    def __init__(self, networks_max: int = NETWORKS_MAX) -> None:
        self._networks_max = networks_max
        self._since_ms: dict[str, int] = {}
        self._counts: dict[str, Counter[str]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no line is due, now or later."""
        return not self._since_ms

    def note(self, network: str, code: str, now_ms: int) -> list[RefusalCount]:
        """Count a refusal, and return the lines that are due."""
        lines = self.take_due(now_ms)
        if network not in self._since_ms and len(self._since_ms) >= self._networks_max:
            network = OTHERS
        if network in self._since_ms:
            self._counts[network][code] += 1
            return lines
        self._since_ms[network] = now_ms
        self._counts[network] = Counter()
        return [*lines, RefusalCount(network, 1, {code: 1})]

    def take_due(self, now_ms: int) -> list[RefusalCount]:
        """Return the lines of the minutes that are over. An address without new refusals is forgotten."""
        lines: list[RefusalCount] = []
        # The dictionary is in the order in which the minutes began, so the first that is not over ends the search.
        while self._since_ms:
            network, since_ms = next(iter(self._since_ms.items()))
            if now_ms - since_ms < MINUTE_MS:
                break
            del self._since_ms[network]
            if counts := self._counts.pop(network):
                lines.append(_line(network, counts))
                self._since_ms[network] = now_ms
                self._counts[network] = Counter()
        return lines

    def take_all(self) -> list[RefusalCount]:
        """Return all lines that are left, at the end."""
        lines = [_line(network, counts) for network, counts in self._counts.items() if counts]
        self._since_ms.clear()
        self._counts.clear()
        return lines


class Strikes:
    """Count recent refusals by address. At the bound the address that was refused least recently is forgotten."""

    def __init__(self, networks_max: int = 10 * NETWORKS_MAX) -> None:
        self._networks_max = networks_max
        self._strikes: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._strikes)

    def add(self, network: str, now_ms: int) -> int:
        """Count a refusal, and return its delay: 0 to DELAY_MAX_MS, doubling from the sixth refusal on."""
        strikes, seen_ms = self._strikes.pop(network, (0.0, now_ms))
        strikes = max(0.0, strikes - max(0, now_ms - seen_ms) / FORGOTTEN_MS) + 1
        self._strikes[network] = (min(strikes, _STRIKES_MAX), now_ms)
        if len(self._strikes) > self._networks_max:
            self._strikes.popitem(last=False)
        if strikes <= FREE_REFUSALS:
            return 0
        return int(min(DELAY_MAX_MS, DELAY_FIRST_MS * 2 ** (strikes - FREE_REFUSALS - 1)))


def _line(network: str, counts: Counter[str]) -> RefusalCount:
    return RefusalCount(network, counts.total(), dict(counts))
