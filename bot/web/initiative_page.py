"""The page of an initiative: the facts of its posts, with charts, for reading and printing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.checkin import MOST, Confidence
from bot.domain.criterion import CriterionState, Status
from bot.domain.durations import ago
from bot.domain.goalpost import tell_goalposts
from bot.domain.initiative import InitiativeState
from bot.domain.page import Changed, InitiativePage, PageCriterion
from bot.domain.standing import Standing, headline, mark, week_of, word
from bot.domain.values import show_value
from bot.domain.wallclock import day_at, show_day, wall_at
from bot.web.chart import NARROW, WIDE, draw
from bot.web.html import Html, join, tag
from bot.web.style import STYLE

_TONES = {
    Status.MET: "good",
    Status.ON_PACE: "good",
    Status.MISSED: "bad",
    Status.BEHIND: "warn",
    Status.STALE: "warn",
    Status.SOURCE_BROKEN: "warn",
}
GAPS = 10
"""Most gaps that are listed; the chart has them all."""

GONE = "This link does not work, or not any more: ask whoever gave it to you for a new one."


def initiative_page(page: InitiativePage) -> Html:
    """Return the whole page."""
    initiative = page.initiative
    today = day_at(page.now, initiative.zone)
    ended = initiative.state is InitiativeState.CLOSED
    week = "closed" if ended else week_of(initiative, today)
    first, last = (show_day(day, today) for day in (initiative.starts_on, initiative.ends_on))
    return _document(
        f"{initiative.name} · {week} · {headline(page.standing)}",
        tag(
            "header",
            tag("h1", initiative.name),
            tag("p", f"{week} · ", _status(page.standing, headline(page.standing)), class_="stand"),
            tag("p", initiative.outcome) if initiative.outcome else None,
            tag("p", f"{first} to {last}, owner {page.name_of(initiative.owner_id)}.", class_="quiet"),
            tag("p", "As of ", _time(page.now, page, year=True), f". Times in {page.zone}.", class_="quiet"),
        ),
        _table(page),
        _confidence(page),
        *(_section(each, page) for each in page.criteria),
        tag(
            "footer",
            tag(
                "p",
                "Only for reading. This link works until ",
                _time(page.ends_at, page),
                ".",
                class_="quiet",
            ),
        ),
    )


def gone_page() -> Html:
    """Return what every link shows that does not work, whatever the cause."""
    return _document("Not there", tag("h1", "Not there"), tag("p", GONE))


def _document(title: str, *inside: Html | None) -> Html:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    return join(Html("<!doctype html>\n"), tag("html", head, tag("body", tag("main", *inside)), lang="en"))


def _status(standing: Standing | None, words: str) -> Html:
    if standing is None:
        return tag("span", words, class_="status")
    paused = standing.state is CriterionState.PAUSED
    sign = "⏸️" if paused else mark(standing.status)
    tone = "" if paused else f" {_TONES.get(standing.status, '')}"
    return tag("span", tag("span", sign, aria_hidden="true"), f" {words}", class_=f"status{tone}".rstrip())


def _table(page: InitiativePage) -> Html:
    if not page.criteria:
        return tag("p", "No criteria yet.")
    names = ("Criterion", "Status", "Value", "Target", "Last 7 days", "Last reading", "What it means")
    heads = [tag("th", name, scope="col", role="columnheader") for name in names]
    rows = [_row(each) for each in page.criteria]
    return tag(
        "table",
        tag("thead", tag("tr", *heads, role="row"), role="rowgroup"),
        tag("tbody", *rows, role="rowgroup"),
        # Drawn as blocks on a phone it would be no table any more without these.
        role="table",
        class_="criteria",
        aria_label="Criteria, those that need attention first",
    )


def _row(each: PageCriterion) -> Html:
    line = each.line
    means = [_sentence(line.sentence)]
    if each.forecast:
        means.append(f"Forecast: {each.forecast}.")
    target = ", ".join(part for part in (f"{line.condition} {line.due}".rstrip(), line.was) if part)
    return tag(
        "tr",
        tag(
            "th",
            tag("a", line.name, href=f"#criterion-{line.criterion_id}"),
            scope="row",
            role="rowheader",
            class_="long",
        ),
        tag("td", _status(line.standing, line.words), role="cell"),
        _cell("Value", line.value),
        tag("td", target, role="cell"),
        _cell("Last 7 days", each.change or "–"),
        _cell("Last reading", line.age or "none yet"),
        tag("td", " ".join(part for part in means if part), role="cell", class_="long"),
        role="row",
    )


def _cell(label: str, text: str) -> Html:
    return tag("td", text, role="cell", data_label=label, class_="short")


def _confidence(page: InitiativePage) -> Html | None:
    if not page.confidence:
        return None
    return tag(
        "section",
        tag("h2", "Confidence", id="confidence"),
        tag("ul", *(tag("li", _say_confidence(each, page)) for each in page.confidence)),
        aria_labelledby="confidence",
    )


def _say_confidence(each: Confidence, page: InitiativePage) -> Html:
    last = each.last
    before = "" if each.before is None or each.before == last.confidence else f" (was {each.before})"
    why = f": “{last.sentence}”" if last.sentence else ""
    return join(
        tag("strong", f"{last.confidence}/{MOST}"),
        f"{before} in {each.name}{why}, {page.name_of(last.by)}, ",
        _time(last.at, page),
    )


def _section(each: PageCriterion, page: InitiativePage) -> Html:
    name = f"criterion-{each.line.criterion_id}"
    told = [*_moved(each, page), *_gaps(each, page), *_changes(each, page)]
    return tag(
        "section",
        tag("h2", each.line.name, id=name),
        tag("div", *_chart(each, page)),
        tag("div", *told) if told else None,
        class_="criterion",
        aria_labelledby=name,
    )


def _chart(each: PageCriterion, page: InitiativePage) -> Iterator[Html]:
    course = each.course
    if not course.readings:
        yield tag("p", "No readings yet.")
        return
    label = say_chart(each, page)
    drawings = [draw(course, size, label=label, now=page.now, zone=page.zone) for size in (WIDE, NARROW)]
    yield tag("figure", *drawings, tag("figcaption", tag("ul", *_legend(each), class_="legend")))
    if course.is_thinned:
        yield tag("p", "Each point is the last reading of its part of the time.", class_="quiet")
    yield _readings(each, page)


def say_chart(each: PageCriterion, page: InitiativePage) -> str:
    """Return what a chart shows, for somebody who can't see it."""
    course = each.course
    first, last = course.readings[0], course.readings[-1]
    values = [reading.value for reading in course.readings]
    low, high = (show_value(value, course.unit) for value in (min(values), max(values)))
    ends = [f"{show_value(one.value, course.unit)} at {_moment(one.at, page)}" for one in (first, last)]
    many = "1 reading" if len(values) == 1 else f"{len(values)} readings"
    told = [
        f"Chart of {each.line.name}: {many}, {ends[0]}" + (f" to {ends[1]}" if len(values) > 1 else ""),
        f"lowest {low}, highest {high}",
        each.line.condition,
    ]
    if course.gaps:
        told.append("1 gap" if len(course.gaps) == 1 else f"{len(course.gaps)} gaps")
    if course.goalposts:
        told.append(
            f"goalposts moved {'once' if len(course.moved_at) == 1 else f'{len(course.moved_at)} times'}"
        )
    return "; ".join(told)


def _legend(each: PageCriterion) -> Iterator[Html]:
    course = each.course
    unit = f" in {course.unit}" if course.unit else ""
    yield _key(f"readings{unit}", tag("polyline", points="1,6 25,6", class_="readings"),
               tag("circle", cx=13, cy=6, r=3, class_="reading"))  # fmt: skip
    yield _key(each.line.condition, tag("line", x1=1, x2=25, y1=6, y2=6, class_="bound"))
    if course.planned is not None:
        yield _key("an even pace", tag("line", x1=1, x2=25, y1=10, y2=2, class_="planned"))
    if course.gaps:
        yield _key("no readings", tag("rect", x=2, y=0, width=22, height=12, class_="gap"))
    if course.goalposts:
        yield _key("goalpost moved", tag("line", x1=13, x2=13, y1=0, y2=12, class_="goalpost"))


def _key(text: str, *drawn: Html) -> Html:
    return tag("li", tag("svg", *drawn, viewBox="0 0 26 12", aria_hidden="true"), text)


def _readings(each: PageCriterion, page: InitiativePage) -> Html:
    course = each.course
    rows = [
        tag("tr", tag("td", _time(reading.at, page)), tag("td", show_value(reading.value, course.unit)))
        for reading in reversed(course.readings)
    ]
    heads = tag("tr", tag("th", "When", scope="col"), tag("th", "Value", scope="col"))
    table = tag("table", tag("thead", heads), tag("tbody", *rows), aria_label=f"Readings of {each.line.name}")
    return tag("details", tag("summary", "The readings as a table"), table)


def _moved(each: PageCriterion, page: InitiativePage) -> Iterator[Html]:
    course = each.course
    if not course.goalposts:
        return
    rows = []
    for at in course.moved_at:
        told = tell_goalposts((one for one in course.goalposts if one.at == at), page.now, page.zone)
        rows.append("; ".join(f"{one.words}, {page.name_of(one.by)}, {one.day}" for one in told))
    yield tag("h3", "Moved goalposts")
    # Numbered as the marks in the chart are.
    yield tag("ol", *(tag("li", row) for row in rows))


def _gaps(each: PageCriterion, page: InitiativePage) -> Iterator[Html]:
    course = each.course
    if course.gaps:
        yield tag("h3", "Gaps")
        rows = [
            join(
                _time(gap.start, page),
                " – ",
                "now" if gap.end is None else _time(gap.end, page),
                f", {ago((gap.end or page.now) - gap.start)}: {gap.cause or 'no reading came'}",
            )
            for gap in reversed(course.gaps)
        ]
        yield _list(rows, GAPS)
    if course.gaps_from is not None:
        yield tag("p", "Gaps before ", _time(course.gaps_from, page), " are not shown.", class_="quiet")


def _list(rows: Sequence[Html], most: int) -> Html:
    left = len(rows) - most
    more = tag("li", f"and {left} older") if left > 0 else None
    return tag("ul", *(tag("li", row) for row in rows[:most]), more)


def _changes(each: PageCriterion, page: InitiativePage) -> Iterator[Html]:
    if not each.changes:
        return
    yield tag("h3", "Status changes")
    older = tag("li", "and older ones") if each.has_older_changes else None
    yield tag("ul", *(tag("li", _say_changed(change, each, page)) for change in each.changes), older)


def _say_changed(change: Changed, each: PageCriterion, page: InitiativePage) -> Html:
    kind = each.line.standing.kind
    return join(
        _time(change.at, page),
        f": {word(change.before, kind)} → ",
        tag("strong", word(change.after, kind)),
        f". {_sentence(change.sentence)}" if change.sentence else None,
    )


def _time(moment: datetime, page: InitiativePage, *, year: bool = False) -> Html:
    exact = moment.astimezone(UTC).replace(microsecond=0)
    return tag("time", _moment(moment, page, year=year), datetime=exact.isoformat())


def _moment(moment: datetime, page: InitiativePage, *, year: bool = False) -> str:
    """Return a moment with its day, since the page may lie printed on a table tomorrow."""
    wall = wall_at(moment, ZoneInfo(page.zone))
    today = day_at(page.now, page.zone)
    day = show_day(wall.date(), today) + (f" {wall.year}" if year and wall.year == today.year else "")
    return f"{day} {wall:%H:%M}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
