"""Decision lines as they are typed: `keep if Conversion >= 3.2 stop if p95 latency > 900 decide by 12 Dec`."""

from __future__ import annotations

from itertools import pairwise

from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.dates import DateSpec, read_date
from bot.domain.entities import Line, Token, collapse, cut, read_line, tokenize
from bot.domain.names import parse_name
from bot.domain.requests import LineHalf, WriteLine
from bot.domain.targets import find_target, parse_unit
from bot.errors import UserError

EXAMPLE = "/loop line keep if Conversion >= 3.2 stop if p95 latency > 900 decide by 12 Dec"

_MARKS = {("keep", "if"): "keep", ("stop", "if"): "stop", ("decide", "by"): "decide_by"}
_FOR = frozenset({"for"})


def read_decision_line(line: Line, start: int) -> WriteLine:
    """Return a typed decision line.

    Raises:
        UserError: a part is missing, stands there twice or can't be read; the field says which.
    """
    tokens = tokenize(line, start)
    marks = [
        (token, follows, _MARKS[token.key, follows.key])
        for token, follows in pairwise(tokens)
        if (token.key, follows.key) in _MARKS
    ]
    if not marks or marks[0][0] is not tokens[0]:
        raise UserError(
            "A decision line begins with keep if, stop if or decide by.", field="text", example=EXAMPLE
        )
    halves: dict[str, LineHalf] = {}
    decide_by: DateSpec | None = None
    names: list[str] = []
    seen: set[str] = set()
    ends = [mark[0].start for mark in marks[1:]] + [len(line.text)]
    for (_, opens, field), end in zip(marks, ends, strict=True):
        if field in seen:
            raise UserError(f"{field.replace('_', ' ')} stands there twice. Keep one of them.", field=field)
        seen.add(field)
        part = Line(line.text[:end], line.entities)
        if field == "decide_by":
            dated = tokenize(part, opens.end)
            decide_by, used = read_date(dated, field="decide_by")
            rest = dated[used:]
        else:
            halves[field], rest = _read_half(part, opens.end, field)
        if rest:
            name = one_initiative(ClauseReader(part, rest[0].start, _FOR).read_all())
            names += [name] if name else []
    if decide_by is None or not halves:
        what = "the day: decide by 12 Dec" if halves else "what it hangs on: keep if or stop if"
        raise UserError(f"The line lacks {what}.", field="decide_by" if halves else "keep", example=EXAMPLE)
    if len(names) > 1:
        raise UserError("Name one initiative after `for`.", field="initiative")
    return WriteLine(halves.get("keep"), halves.get("stop"), decide_by, names[0] if names else None)


def parse_half(text: str, field: str) -> LineHalf | None:
    """Return what a form's field says, or None where it is empty.

    Raises:
        UserError: it can't be read.
    """
    if not text.strip():
        return None
    line = read_line(collapse(text))
    half, rest = _read_half(line, 0, field)
    if rest:
        raise UserError(f"I can't read “{cut(line.show_inline(rest[0].start))}” after that.", field=field)
    return half


def _read_half(line: Line, start: int, field: str) -> tuple[LineHalf, list[Token]]:
    """Return a criterion's name with its condition and unit, and what follows them."""
    target = find_target(line, start, ())
    if target is None:
        raise UserError(
            f"After {field} if comes a criterion of the initiative with a number, like Conversion >= 3.2.",
            field=field,
            example=EXAMPLE,
        )
    head = tokenize(Line(line.text[: target.start], line.entities), start)
    quoted = len(head) == 1 and head[0].quoted
    typed = head[0].text if quoted else line.show_inline(start, target.start)
    rest = tokenize(line, target.end)
    unit = target.unit
    if not unit and rest and rest[0].key != "for":
        unit, rest = parse_unit(rest[0].text, field=field), rest[1:]
    return LineHalf(parse_name(typed, what="criterion", field=field), target.condition, unit), rest
