"""Exports: criteria, their readings and results of prompts as CSV and JSON, exact and safe in spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.answer import label_of
from bot.domain.criterion import Criterion, Status, StatusReport
from bot.domain.goalpost import Goalpost
from bot.domain.initiative import Initiative
from bot.domain.prompt import Prompt, PromptKind, Tally
from bot.domain.reading import Reading

BOM = "\ufeff"
"""Excel takes a CSV file for UTF-8 only when it begins with this."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")

READING_COLUMNS = (
    "initiative", "criterion", "at", "zone", "value", "unit", "origin", "by", "note",
)  # fmt: skip
PROGRESS_COLUMNS = (
    "initiative", "criterion", "kind", "status", "value", "unit", "value_at", "direction", "target",
    "target_high", "baseline", "progress", "due_on", "zone", "owner", "sentence",
)  # fmt: skip

RESULT_COLUMNS = ("prompt", "question", "kind", "answer", "count")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent.

    Attributes:
        name: With its ending.
        content: UTF-8.
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Exported:
    """One criterion with everything that is exported of it.

    Attributes:
        initiative: Its initiative.
        criterion: The criterion.
        report: What the last judging said.
        readings: Those that count, oldest first; none for an export of progress.
        changes: Its status changes, oldest first: (when, from, to, the sentence that explained it).
        goalposts: What was moved, oldest first.
    """

    initiative: Initiative
    criterion: Criterion
    report: StatusReport
    readings: Sequence[Reading] = ()
    changes: Sequence[tuple[datetime, Status, Status, str]] = ()
    goalposts: Sequence[Goalpost] = ()


def export_criteria(exported: Iterable[Exported], now: datetime) -> tuple[File, File]:
    """Return criteria with their readings as a CSV file, one row for each reading, and as a JSON file.

    Args:
        exported: The criteria.
        now: Aware UTC.
    """
    exported = list(exported)
    rows = (
        (
            text_cell(each.initiative.name),
            text_cell(each.criterion.name),
            _at(reading.at, each.initiative.zone),
            each.initiative.zone,
            _number(reading.value),
            text_cell(each.criterion.unit),
            reading.origin.value,
            reading.by or "",
            text_cell(reading.note),
        )
        for each in exported
        for reading in each.readings
    )
    document = [
        {
            **_facts(each),
            "readings": [
                {
                    "at": _at(reading.at, each.initiative.zone),
                    "value": _number(reading.value),
                    "origin": reading.origin.value,
                    "by": reading.by,
                    "note": reading.note,
                }
                for reading in each.readings
            ],
            "status_changes": [
                {"at": _at(at, each.initiative.zone), "from": before, "to": after, "sentence": sentence}
                for at, before, after, sentence in each.changes
            ],
            "goalposts": [
                {
                    "at": _at(goalpost.at, each.initiative.zone),
                    "field": goalpost.move.field,
                    "from": goalpost.move.before,
                    "to": goalpost.move.after,
                    "by": goalpost.by,
                }
                for goalpost in each.goalposts
            ],
        }
        for each in exported
    ]
    return _files("criteria", READING_COLUMNS, rows, document, now)


def export_progress(exported: Iterable[Exported], now: datetime) -> tuple[File, File]:
    """Return where criteria stand now as a CSV file, one row for each, and as a JSON file.

    Args:
        exported: The criteria, in the order of the rows.
        now: Aware UTC.
    """
    document = [_facts(each) for each in exported]
    texts = {"initiative", "criterion", "unit", "sentence"}
    rows = (
        [
            text_cell(str(facts[name] or "")) if name in texts else facts[name] or ""
            for name in PROGRESS_COLUMNS
        ]
        for facts in document
    )
    return _files("progress", PROGRESS_COLUMNS, rows, document, now)


def export_results(prompt: Prompt, tally: Tally, now: datetime) -> tuple[File, File]:
    """Return what may be shown of a prompt's answers as a CSV and as a JSON file; no name is in them.

    The CSV has one row for each option with how many chose it, one for each thing numbers come to, and one for each
    written answer; of a form, question after question. What is hidden from results is in neither file.

    Args:
        prompt: The prompt.
        tally: What may be shown of it.
        now: Aware UTC.
    """
    is_form = prompt.kind is PromptKind.FORM
    asked = [prompt.about(question) for question in prompt.form] if is_form else [prompt]
    parts = tally.parts if is_form else (tally,)
    rows = [row for each, part in zip(asked, parts, strict=True) for row in _result_rows(each, part)]
    document: dict[str, object] = {
        "number": prompt.number,
        "question": prompt.question,
        "kind": prompt.kind.value,
        "anonymous": prompt.anonymous,
        "state": prompt.state.value,
        "asked_at": _at(prompt.created_at, prompt.zone),
        "closed_at": None if prompt.closed_at is None else _at(prompt.closed_at, prompt.zone),
        "zone": prompt.zone,
    }
    if is_form:
        document |= {
            "responses": tally.responses,
            "hidden_because": tally.hidden_because,
            "questions": [
                {"question": each.question, "kind": each.kind.value, **_result_facts(each, part)}
                for each, part in zip(asked, parts, strict=True)
            ],
        }
    else:
        document |= _result_facts(prompt, tally)
    return _files("results", RESULT_COLUMNS, rows, [document], now, holds="prompts")


def _result_rows(prompt: Prompt, tally: Tally) -> list[tuple[str, ...]]:
    asked = (f"#{prompt.number}", text_cell(prompt.question))
    rows: list[tuple[str, ...]] = [
        (*asked, prompt.kind.value, text_cell(label_of(prompt, answer)), str(count))
        for answer, count in tally.counts or ()
    ]
    if prompt.kind is PromptKind.NUMBER and tally.mean is not None:
        rows.append((*asked, "mean", tally.mean, str(tally.responses)))
        rows.append((*asked, "median", tally.median or "", str(tally.responses)))
    return rows + [(*asked, "comment", text_cell(text), "1") for text in tally.texts or ()]


def _result_facts(prompt: Prompt, tally: Tally) -> dict[str, object]:
    return {
        "responses": tally.responses,
        "counts": [
            {"answer": label_of(prompt, answer), "count": count} for answer, count in tally.counts or ()
        ],
        "texts": list(tally.texts or ()),
        "mean": tally.mean,
        "spread": tally.spread,
        "median": tally.median,
        "lowest": tally.ends[0] if tally.ends else None,
        "highest": tally.ends[1] if tally.ends else None,
        "enps": tally.enps,
        "hidden_because": tally.hidden_because,
    }


def text_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: with an apostrophe before what begins like one.

    Numbers are no text: -5 stays -5. Source: OWASP, "CSV Injection".
    """
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def _facts(each: Exported) -> dict[str, str | None]:
    criterion, report = each.criterion, each.report
    condition, zone = criterion.condition, each.initiative.zone
    return {
        "initiative": each.initiative.name,
        "criterion": criterion.name,
        "kind": criterion.kind.value,
        "status": report.status.value,
        "value": _optional(report.value),
        "unit": criterion.unit,
        "value_at": None if report.value_at is None else _at(report.value_at, zone),
        "direction": condition.direction.value,
        "target": _number(condition.target),
        "target_high": _optional(condition.target_high),
        "baseline": _optional(criterion.baseline),
        "progress": _optional(report.progress),
        "due_on": None if criterion.due_on is None else criterion.due_on.isoformat(),
        "zone": zone,
        "owner": criterion.owner_id,
        "sentence": report.sentence,
    }


def _files(
    what: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    document: Sequence[object],
    now: datetime,
    *,
    holds: str = "criteria",
) -> tuple[File, File]:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows(rows)
    about = {"format": f"loopmark.{what}", "version": 1, "exported_at": now.isoformat(), holds: document}
    name = f"loopmark-{what}-{now:%Y-%m-%d}"
    return (
        File(f"{name}.csv", (BOM + written.getvalue()).encode()),
        File(f"{name}.json", json.dumps(about, ensure_ascii=False, indent=1).encode()),
    )


def _at(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _number(value: Decimal) -> str:
    return str(value)


def _optional(value: Decimal | None) -> str | None:
    return None if value is None else _number(value)
