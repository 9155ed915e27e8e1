"""What is remembered of those who were refused: how long to delay the next refusal, and what to log. Sans-I/O state.

Laws: an address has one line a minute, with a count, however often it is refused; every refusal is in some line.
Only refusals are held up. Who shows a valid link or key is never asked where they come from.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Final

NETWORKS_MAX: Final = 1_000
"""Addresses with a line of their own in one minute; at the bound the others share the line of `others`."""
OTHERS: Final = "others"
MINUTE_MS: Final = 60_000

FREE_REFUSALS: Final = 5
"""A mistyped key or an old link, tried again, is answered at once."""
DELAY_FIRST_MS: Final = 100
DELAY_MAX_MS: Final = 3_000
FORGOTTEN_MS: Final = 10_000
"""So long it takes until one refusal is forgotten."""
_STRIKES_MAX: Final = FREE_REFUSALS + 12


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """What to log of one address: how many refusals, and how many with which code."""

    network: str
    count: int
    codes: dict[str, int]


class RefusalLog:
    """Count refusals by address; the first is told at once, the others of its minute together."""

    def __init__(self, networks_max: int = NETWORKS_MAX) -> None:
        self._networks_max = networks_max
        self._since_ms: dict[str, int] = {}
        self._counts: dict[str, Counter[str]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to be told, now or later."""
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
        """Return the lines of the minutes that are over; an address without news is forgotten."""
        lines: list[RefusalCount] = []
        # In the order of their beginnings: the first that is not over ends the search.
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
        """Return what is left to be told, at the end."""
        lines = [_line(network, counts) for network, counts in self._counts.items() if counts]
        self._since_ms.clear()
        self._counts.clear()
        return lines


class Strikes:
    """How often each address was refused of late; the least recently refused is forgotten at the bound."""

    def __init__(self, networks_max: int = 10 * NETWORKS_MAX) -> None:
        self._networks_max = networks_max
        self._strikes: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._strikes)

    def add(self, network: str, now_ms: int) -> int:
        """Count a refusal, and return how long to hold it up: 0 to DELAY_MAX_MS, doubling from the sixth on."""
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
