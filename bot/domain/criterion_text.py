"""Criteria as one line: `Weekly signups >= 500 from 320 by 31 Dec source https://… path $.week every 15m`."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.domain.clauses import ClauseReader, Clauses, one_initiative
from bot.domain.criterion import Condition, Direction, Kind, SourceKind, SourceSpec
from bot.domain.dates import DayMonth
from bot.domain.entities import Line, Token, collapse, cut, tokenize
from bot.domain.formatting import example_of
from bot.domain.keywords import opens_clause
from bot.domain.names import NAME_LIMIT, parse_name
from bot.domain.quantities import parse_number
from bot.domain.references import name_to_end, refuse_open_quote
from bot.domain.requests import AddCriterion, SetReading, StrikeReading
from bot.domain.targets import OPERATORS, Target, check_baseline, find_target, parse_unit
from bot.errors import UserError

KEYWORDS = frozenset(
    {"guardrail", "owner", "zone", "from", "by", "source", "path", "with", "every", "cron", "for"}
)
NOTE_LIMIT = 2_000
REASON_LIMIT = 500

_SAMPLE_NAME = "Weekly signups"
_OPERATOR_TAIL = re.compile(
    r"\s*(>=|<=|[<>≥≤]|\b(?:at least|at most|above|below|between)\b).*", re.IGNORECASE | re.DOTALL
)


def read_criterion(line: Line, start: int) -> AddCriterion:
    """Return the criterion that a line describes from a position on.

    Raises:
        UserError: a part is missing (with an example made from what was typed) or can't be read.
    """
    tokens = tokenize(line, start)
    first = tokens[0]
    refuse_open_quote("" if first.quoted else first.text, "name")
    target = find_target(line, first.end if first.quoted else start, KEYWORDS)
    if target is None or (first.quoted and line.text[first.end : target.start].strip()):
        raise _no_number(line, start, tokens)
    name = parse_name(first.text if first.quoted else line.show_inline(start, target.start))
    unit, position = _unit(line, target)
    clauses = ClauseReader(line, position, KEYWORDS).read_all()
    return _criterion(name, target.condition, unit, clauses)


def read_reading(line: Line, start: int) -> SetReading:
    """Return the reading in `NAME VALUE ["note"]`, read from the right.

    Raises:
        UserError: no name (field ``name``), no value or one that can't be read (``value``).
    """
    tokens = tokenize(line, start)
    note = ""
    if len(tokens) > 1 and tokens[-1].quoted:
        note = parse_note(tokens.pop().text)
    if tokens and tokens[-1].key == "%":
        tokens.pop()
    named = tokens[:-1]
    # A quoted text alone is a name with no value after it.
    if not tokens or tokens[-1].quoted or (not named and not _is_number_like(tokens[-1])):
        name = cut(line.show_inline(start, tokens[-1].end if tokens else None)) or _SAMPLE_NAME
        raise _no_value(name)
    if not named:
        raise UserError(
            f"Which criterion is {cut(tokens[-1].text)} a reading of?",
            field="name",
            example=example_of(SetReading(_SAMPLE_NAME, Decimal(412))),
        )
    if not _is_number_like(tokens[-1]):
        # `set p95 latency 412 ms`: the criterion has its unit already.
        if len(named) > 1 and _is_number_like(named[-1]):
            raise UserError(
                f"Leave out “{cut(tokens[-1].text)}” after the number; the criterion has its unit already.",
                field="value",
            )
        raise _no_value(cut(line.show_inline(start, tokens[-1].end)))
    value = parse_number(tokens[-1].text, field="value")
    shortened = Line(line.text[: tokens[-1].start], line.entities)
    return SetReading(name_to_end(shortened, start, what="criterion", field="name"), value, note)


def read_strike(line: Line, start: int) -> StrikeReading:
    """Return which reading is to be struck in `NAME [[VALUE] "REASON"]`, read from the right.

    Without a reason all of it is the name, also a number at its end.

    Raises:
        UserError: no name (field ``name``), a value that can't be read (``value``), or no reason (``reason``).
    """
    tokens = tokenize(line, start)
    if len(tokens) < 2 or not tokens[-1].quoted:
        return StrikeReading(name_to_end(line, start, what="criterion", field="name"))
    reason = parse_reason(tokens.pop().text)
    value, end = None, tokens[-1].end
    if len(tokens) > 1 and not tokens[-1].quoted and _is_number_like(tokens[-1]):
        last = tokens.pop()
        value, end = parse_number(last.text, field="value"), last.start
    named = Line(line.text[:end], line.entities)
    return StrikeReading(name_to_end(named, start, what="criterion", field="name"), value, reason)


def parse_reason(text: str, *, field: str = "reason") -> str:
    """Return why a reading is struck, on one line.

    Raises:
        UserError: empty, or longer than 500 characters.
    """
    reason = collapse(text)
    if not reason:
        raise UserError("Say why the reading does not count; everybody will see it beside it.", field=field)
    if len(reason) > REASON_LIMIT:
        raise UserError(
            f"That reason has {len(reason):,} characters; {REASON_LIMIT:,} is the most.", field=field
        )
    return reason


def parse_note(text: str, *, field: str = "text") -> str:
    """Return a reading's note on one line, possibly empty.

    Raises:
        UserError: longer than 2,000 characters.
    """
    note = collapse(text)
    if len(note) > NOTE_LIMIT:
        raise UserError(f"That note has {len(note):,} characters; {NOTE_LIMIT:,} is the most.", field=field)
    return note


def _criterion(name: str, condition: Condition, unit: str, clauses: Clauses) -> AddCriterion:
    if clauses.baseline_unit and unit and clauses.baseline_unit.casefold() != unit.casefold():
        raise UserError(
            f"The target is in {cut(unit)} and the baseline in {cut(clauses.baseline_unit)}. Use one unit.",
            field="baseline",
        )
    kind = Kind.GUARDRAIL if clauses.guardrail else Kind.SUCCESS
    source = clauses.source_spec()
    request = AddCriterion(
        name=name,
        kind=kind,
        condition=condition,
        source=source or SourceSpec(SourceKind.MANUAL),
        unit=parse_unit(unit or clauses.baseline_unit),
        baseline=check_baseline(clauses.baseline, condition),
        due=clauses.due or (DayMonth(31, 12) if kind == Kind.SUCCESS else None),
        every=clauses.every or (clauses.recipe.every if clauses.recipe is not None else None),
        owner=clauses.owner,
        zone=clauses.zone,
        initiative=one_initiative(clauses),
    )
    if clauses.due is None and kind == Kind.SUCCESS:
        raise UserError(
            "There is no date to reach it by. Add one, or the word guardrail if it must hold all the time.",
            field="due",
            example=example_of(request),
        )
    if source is None:
        raise UserError(
            "There is no way to get a value. Add source and an address that answers with JSON, or source "
            "manual to give it by hand.",
            field="source",
            example=example_of(request),
        )
    return request


def _unit(line: Line, target: Target) -> tuple[str, int]:
    """Return the unit after a target and where the clauses begin."""
    tokens = tokenize(line, target.end)
    if target.unit:
        repeated = tokens and tokens[0].key == target.unit.casefold()  # between 5 ms and 9 ms
        return target.unit, tokens[0].end if repeated else target.end
    if not tokens:
        return "", target.end
    first = tokens[0]
    if first.quoted:
        return first.text, first.end
    if first.key[:1].isdecimal():
        raise UserError(
            f"Type the number without blanks, like 1000 or 1,000: “{cut(first.text)}” after it is no unit. "
            "A unit that begins with a digit goes in quotes.",
            field="target",
        )
    if first.key in KEYWORDS and not (
        # A keyword without its shape is a unit when a clause follows; else its clause was typed wrongly.
        not opens_clause(tokens, 0, KEYWORDS) and len(tokens) > 1 and opens_clause(tokens, 1, KEYWORDS)
    ):
        return "", target.end
    if not any(character.isalnum() or character in "%‰°$€£¥" for character in first.key):
        return "", target.end
    return first.text, first.end


def _no_number(line: Line, start: int, tokens: list[Token]) -> UserError:
    end = next(
        (token.start for at, token in enumerate(tokens) if opens_clause(tokens, at, KEYWORDS)), len(line.text)
    )
    typed = tokens[0].text if tokens[0].quoted else line.show_inline(start, end)
    tail = None if tokens[0].quoted else _OPERATOR_TAIL.search(typed)
    operator = collapse(tail[1]) if tail is not None else ">="
    name = typed[: tail.start()].strip() if tail is not None else typed
    direction = OPERATORS[operator.casefold()]
    high = Decimal(200) if direction == Direction.BETWEEN else None
    condition = Condition(direction, Decimal(100), high, operator)
    try:
        clauses = ClauseReader(line, end, KEYWORDS).read_all()
        clauses.baseline = None
    except UserError:  # then the example goes without what can't be read either
        clauses = Clauses()
    if clauses.due is None and not clauses.guardrail:
        clauses.due = DayMonth(31, 12)
    if clauses.source is None:
        clauses.source, clauses.path, clauses.options = SourceKind.MANUAL, None, ()
    example = _criterion(name[:NAME_LIMIT].strip() or _SAMPLE_NAME, condition, "", clauses)
    if not name:
        return UserError(
            "The criterion has no name and no number.", field="name", example=example_of(example)
        )
    return UserError(
        f"There is no number to reach: after “{cut(name)}” comes >=, <=, >, <, at least, at most, above, "
        "below or between, and a number.",
        field="target",
        example=example_of(example),
    )


def _is_number_like(token: Token) -> bool:
    return token.key.lstrip("-+−.,")[:1].isdecimal()


def _no_value(name: str) -> UserError:
    return UserError(
        f"There is no value after “{name}”. It comes last, before the note.",
        field="value",
        example=example_of(SetReading(name, Decimal(412), "after the cache fix")),
    )
