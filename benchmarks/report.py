"""The report: rates beside the floor's of the same round, and how long single answers took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.cases import Case
from benchmarks.load import Slice


@dataclass(slots=True)
class Measured:
    """What was measured of one case at one concurrency.

    Attributes:
        case: The case.
        concurrent: Connections.
        rates: Answers a second, one per round.
        ratios: Each round's rate beside the floor's of the same round.
        latencies_s: Every answer's, all rounds together.
    """

    case: Case
    concurrent: int
    rates: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)

    def add(self, piece: Slice, floor_rate: float | None) -> None:
        """Count one round's stretch of load."""
        self.rates.append(piece.rate)
        self.latencies_s += piece.latencies_s
        if floor_rate is not None:
            self.ratios.append(piece.rate / floor_rate)

    def percentile_ms(self, percent: float) -> float:
        """Return the latency that so many per cent of the answers stay under, in milliseconds."""
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Report:
    """Collects what was measured and shows it."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self._measured: dict[tuple[int, str], Measured] = {}
        self._order: dict[int, list[Measured]] = defaultdict(list)

    def add(self, case: Case, concurrent: int, piece: Slice, floor_rate: float | None) -> None:
        """Count one stretch of load."""
        key = (concurrent, case.name)
        if key not in self._measured:
            self._measured[key] = Measured(case, concurrent)
            self._order[concurrent].append(self._measured[key])
        self._measured[key].add(piece, floor_rate)

    def rows(self) -> Sequence[tuple[str, str, str, str, str, str, str]]:
        """Return the table's rows as text."""
        rows = []
        for concurrent, members in self._order.items():
            for each in members:
                aim = each.case.aim if concurrent == 16 else None
                ratio = f"{median(each.ratios):.2f}" if each.ratios else "1"
                rows.append(
                    (
                        str(concurrent),
                        each.case.name,
                        f"{median(each.rates):,.0f}",
                        ratio,
                        f"≥ {aim}" if aim else "",
                        f"{each.percentile_ms(50):.2f}",
                        f"{each.percentile_ms(99):.2f}",
                    )
                )
        return rows

    def show(self, console: Console) -> None:
        """Print the table."""
        table = Table(title="Commands over HTTP, beside a bare Bolt acknowledgement in the same run")
        for head in HEADS:
            table.add_column(head, justify="left" if head in ("case", "aim") else "right")
        for row in self.rows():
            table.add_row(*row)
        console.print(table)


HEADS = ("concurrent", "case", "a second", "ratio", "aim", "p50 ms", "p99 ms")
