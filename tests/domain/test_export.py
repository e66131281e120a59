"""Exports read back as what was written, and nothing in them is a formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import Health, Status
from bot.domain.export import BOM, Exported, File, export_criteria, export_progress, text_cell
from bot.domain.reading import Origin, Reading
from bot.domain.status import assess
from bot.examples.world import World

WORLD = World()
NOW = WORLD.now
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0"), max_size=20
)
RISKY = st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "", "'=1", '=HYPERLINK("http://x")'])


def exported(name: str = "p95", note: str = "", *values: str) -> Exported:
    """One criterion with readings an hour apart."""
    criterion, line = WORLD.explained[0]
    readings = [
        Reading(NOW - timedelta(hours=len(values) - place), Decimal(value), Origin.MANUAL, "U0ALICE", note)
        for place, value in enumerate(values)
    ]
    return Exported(
        WORLD.initiative,
        replace(criterion, name=name),
        assess(criterion, line.readings, NOW, health=Health()),
        readings,
        [(NOW, Status.MET, Status.MISSED, "too slow")],
        WORLD.goalposts,
    )


def rows_of(file: File) -> list[dict[str, str]]:
    text = file.content.decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def json_of(file: File) -> Any:
    return json.loads(file.content)


@given(
    name=TEXTS | RISKY, note=TEXTS | RISKY, value=st.decimals(allow_nan=False, allow_infinity=False, places=4)
)
def test_what_is_exported_reads_back_exactly(name: str, note: str, value: Decimal) -> None:
    table, document = export_criteria([exported(name, note, str(value))], NOW)
    [row] = rows_of(table)
    assert row["criterion"].removeprefix("'") == name.removeprefix("'")
    assert row["note"].removeprefix("'") == note.removeprefix("'")
    assert Decimal(row["value"]) == value
    [criterion] = json_of(document)["criteria"]
    assert (criterion["criterion"], criterion["readings"][0]["note"]) == (name, note)
    assert Decimal(criterion["readings"][0]["value"]) == value


@given(text=TEXTS | RISKY)
def test_no_text_begins_as_a_formula_does(text: str) -> None:
    assert not text_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_stay_numbers_and_times_carry_their_zone() -> None:
    table, document = export_criteria([exported("p95", "", "-5", "1E+2")], NOW)
    first, second = rows_of(table)
    assert (first["value"], second["value"]) == ("-5", "1E+2")
    assert (first["at"], first["zone"]) == ("2026-11-23T13:00:00+01:00", "Europe/Berlin")
    whole = json_of(document)
    assert (whole["format"], whole["version"]) == ("loopmark.criteria", 1)
    [criterion] = whole["criteria"]
    assert criterion["status_changes"][0]["to"] == "missed"
    assert criterion["goalposts"][0]["field"] == "due"
    assert table.name == "loopmark-criteria-2026-11-23.csv"


def test_progress_has_a_row_for_each_criterion_with_its_unit_and_status() -> None:
    lines = [replace(exported(), criterion=criterion) for criterion, _ in WORLD.explained]
    table, document = export_progress(lines, NOW)
    rows = rows_of(table)
    assert [row["criterion"] for row in rows] == ["p95 latency", "Refunds", "Conversion", "Support calls"]
    assert rows[0]["unit"] == "ms"
    assert rows[3]["target_high"] == "9"
    assert [each["due_on"] for each in json_of(document)["criteria"]][:2] == [None, "2026-12-18"]
