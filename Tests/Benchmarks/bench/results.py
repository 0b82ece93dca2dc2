"""What was measured, and the one table of it."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Result:
    """One row. `values` are the rounds; the row is void if an answer was wrong, and says why."""

    key: str
    label: str
    unit: str
    values: list[float] = field(default_factory=list)
    # Whether less is better, for the ratio.
    less_is_better: bool = False
    void: str = ""
    p99_ms: list[float] = field(default_factory=list)
    # User and system time of the program alone, for each event.
    cpu_us: list[float] = field(default_factory=list)
    instructions: list[float] = field(default_factory=list)
    checked: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def median(self) -> float | None:
        return statistics.median(self.values) if self.values and not self.void else None


@dataclass
class Section:
    """Rows that are compared with one of them, `reference`."""

    title: str
    reference: str | None
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ratio(self, result: Result) -> float | None:
        other = next((each.median for each in self.results if each.key == self.reference), None)
        if other is None or result.median is None or not other or not result.median:
            return None
        return other / result.median if result.less_is_better else result.median / other


def number(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


COLUMNS = (50, 9, 9, 19, 6, 8, 8, 9)
HEAD = ("unit", "median", "lowest–highest", "ratio", "p99 ms", "CPU µs", "instr.")


def line(*cells: str) -> str:
    first, *others = cells
    padded = [cell.rjust(width) for cell, width in zip(others, COLUMNS[1:], strict=False)]
    return "  ".join([first.ljust(COLUMNS[0]), *padded]).rstrip()


def middle(values: list[float]) -> str:
    return number(statistics.median(values)) if values else ""


def print_section(section: Section) -> None:
    """One part of the table; printed as soon as it is known."""
    print(f"\n{line(section.title, *HEAD)}")
    print("─" * (sum(COLUMNS) + 2 * (len(COLUMNS) - 1)))
    for result in section.results:
        if result.void:
            print(f"{result.label.ljust(COLUMNS[0])}  VOID: {result.void[:300]}")
            continue
        ratio = section.ratio(result)
        spread = f"{number(min(result.values))}–{number(max(result.values))}" if len(result.values) > 1 else ""
        print(line(
            result.label, result.unit, middle(result.values), spread,
            "1" if result.key == section.reference else f"{ratio:.2f}" if ratio else "",
            middle(result.p99_ms), middle(result.cpu_us), middle(result.instructions)))
        if result.more:
            print("    " + "; ".join(f"{name}: {text(value)}" for name, value in result.more.items()))
    for note in section.notes:
        print(f"  {note}")


def text(value: Any) -> str:
    if isinstance(value, list):
        value = statistics.median(value)
    if isinstance(value, float):
        value = round(value, 2) if abs(value) < 1_000 else round(value)
    return f"{value:,}".replace(",", " ")


def write_json(path: Path, machine: dict[str, Any], options: dict[str, Any], sections: list[Section]) -> None:
    path.write_text(json.dumps({
        "machine": machine, "options": options,
        "sections": [
            {"title": section.title, "reference": section.reference, "notes": section.notes, "rows": [
                {**asdict(result), "median": result.median, "ratio": section.ratio(result)}
                for result in section.results]}
            for section in sections],
    }, indent=2, ensure_ascii=False) + "\n")
