"""The form of a criterion, read into a request and filled in from one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from bot.db.criteria import Found
from bot.domain.addresses import check_url, parse_path
from bot.domain.criterion import BROUGHT, Condition, Direction, Kind, SourceKind, SourceSpec
from bot.domain.dates import Iso, parse_date
from bot.domain.entities import UserRef
from bot.domain.formatting import format_cadence, format_decimal
from bot.domain.initiative import Initiative
from bot.domain.names import parse_name
from bot.domain.options import parse_options, show_options
from bot.domain.quantities import parse_number
from bot.domain.requests import AddCriterion
from bot.domain.rhythms import parse_every
from bot.domain.targets import check_baseline, parse_target, parse_unit
from bot.errors import UserError
from handlers.context import Form

T = TypeVar("T")


def read_form(form: Form) -> tuple[AddCriterion | None, dict[str, str]]:
    """Read every field, so that all that is wrong is said at once; without errors the request is there."""
    values = form.values
    errors: dict[str, str] = {}

    def read(field: str, work: Callable[[str], T]) -> T | None:
        try:
            return work(values.get(field, ""))
        except UserError as error:
            errors.setdefault(error.field or field, str(error))
            return None

    kind = Kind(values["kind"])
    direction = Direction(values["direction"])
    source_kind = values["source"]
    name = read("name", parse_name)
    condition = read("target", lambda text: parse_target(text, direction))
    baseline = read("baseline", parse_number_or_none)
    unit = read("unit", parse_unit)
    due = read("due", parse_date) if values.get("due") else None
    if kind is Kind.SUCCESS and not values.get("due"):
        errors["due"] = "Success needs a due date: the day by which the target is reached."
    every = read("every", parse_every) if values.get("every") else None
    source = SourceSpec(kind=source_kind)
    if source_kind not in BROUGHT:
        is_json = source_kind == SourceKind.HTTP_JSON
        url = read("url", _url) if is_json or values.get("url") else None
        path = read("path", lambda text: parse_path(text or "$")) if is_json or values.get("path") else None
        options = read("options", parse_options)
        source = SourceSpec(source_kind, url, path, options or ())
    if condition is not None and baseline is not None:
        read("baseline", lambda _: check_baseline(baseline, condition))
    if errors or name is None or condition is None or unit is None:
        return None, errors
    owner = values.get("owner")
    request = AddCriterion(
        name=name,
        kind=kind,
        condition=condition,
        source=source,
        unit=unit,
        baseline=baseline,
        due=due,
        every=every,
        owner=UserRef(owner) if owner else None,
    )
    return request, errors


def parse_number_or_none(text: str) -> Decimal | None:
    """Return a typed number, or None where nothing was typed."""
    return parse_number(text, field="baseline") if text.strip() else None


def _url(text: str) -> str:
    if not text.strip():
        raise UserError("Type the address where the number is read, or choose “Set by hand”.", field="url")
    return check_url(text)


def filled_from(request: AddCriterion, initiative: Initiative) -> dict[str, str]:
    """Return the form's fields as they were typed."""
    condition = request.condition
    every = format_cadence(request.every).removeprefix("every ") if request.every else ""
    return {
        "name": request.name,
        "initiative": str(initiative.id),
        "kind": request.kind,
        "direction": condition.direction,
        "baseline": "" if request.baseline is None else str(request.baseline),
        "target": _target(condition),
        "unit": request.unit,
        "due": request.due.day.isoformat() if isinstance(request.due, Iso) else "",
        "owner": request.owner.id if request.owner else "",
        "source": request.source.kind,
        "url": request.source.url or "",
        "path": request.source.path or "",
        "options": show_options(request.source.options),
        "every": every,
    }


def filled_of(found: Found) -> dict[str, str]:
    """Return the form's fields as a stored criterion has them; a baseline that nobody typed is left empty."""
    row, criterion = found.row, found.criterion
    baseline = criterion.baseline if criterion.baseline_typed else None
    return {
        "name": criterion.name,
        "kind": criterion.kind,
        "direction": criterion.condition.direction,
        "baseline": "" if baseline is None else format_decimal(baseline),
        "target": _target(criterion.condition),
        "unit": criterion.unit,
        "due": criterion.due_on.isoformat() if criterion.due_on else "",
        "owner": criterion.owner_id,
        "source": criterion.source.kind,
        "url": criterion.source.url or "",
        "path": criterion.source.path or "",
        "options": show_options(criterion.source.options),
        "every": row.every_typed.removeprefix("every "),
    }


def _target(condition: Condition) -> str:
    if condition.target_high is None:
        return format_decimal(condition.target)
    return f"{format_decimal(condition.target)} and {format_decimal(condition.target_high)}"
