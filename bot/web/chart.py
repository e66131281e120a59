"""Charts: a criterion's course as SVG that needs no script and no font of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.evaluate import bounds_of
from bot.domain.gaps import Gap
from bot.domain.goalpost import conditions_at
from bot.domain.page import Course
from bot.domain.reading import Reading
from bot.domain.values import show_value
from bot.domain.wallclock import day_at, show_day
from bot.web.html import Html, join, tag
from bot.web.scale import ValueScale, day_ticks, value_scale

DOTS = 40
"""Most readings that get a dot each; with more of them the line alone is clearer."""

CHARACTER = 7
"""Width of a digit of 12 px, generously."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a chart is drawn, in CSS pixels.

    Attributes:
        width: Of the whole drawing.
        height: Of the whole drawing.
        days: Most days written under it.
        name: The class of the drawing: the page shows one size, as there is room.
    """

    width: int
    height: int
    days: int
    name: str


WIDE = Size(width=720, height=280, days=8, name="wide")
NARROW = Size(width=328, height=220, days=4, name="narrow")


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a course's moments and values lie in the drawing."""

    course: Course
    size: Size
    scale: ValueScale
    left: float

    TOP = 30
    BOTTOM = 26
    RIGHT = 14

    def x(self, moment: datetime) -> float:
        whole = self.course.ends_at - self.course.starts_at
        part = min(max((moment - self.course.starts_at) / whole, 0.0), 1.0)
        return self.left + part * (self.right - self.left)

    def y(self, value: Decimal) -> float:
        return self.floor - self.scale.part(value) * (self.floor - self.TOP)

    @property
    def right(self) -> float:
        return self.size.width - self.RIGHT

    @property
    def floor(self) -> float:
        return self.size.height - self.BOTTOM


def draw(course: Course, size: Size, *, label: str, now: datetime, zone: str) -> Html:
    """Return a chart of readings, bounds, the planned way, gaps and moved goalposts.

    Args:
        course: With at least one reading.
        size: How large.
        label: What somebody hears who can't see it.
        now: Aware UTC.
        zone: IANA zone of the days under it.
    """
    scale = value_scale(list(_values(course)))
    longest = max(len(show_value(tick)) for tick in scale.ticks)
    frame = _Frame(course, size, scale, left=min(longest * CHARACTER + 10, size.width // 3))
    return tag(
        "svg",
        *_gaps(frame, now),
        *_axes(frame, now, zone),
        *_planned(frame),
        *_bounds(frame),
        *_now(frame, now),
        *_goalposts(frame),
        *_line(frame, now),
        viewBox=f"0 0 {size.width} {size.height}",
        class_=f"chart {size.name}",
        role="img",
        aria_label=label,
    )


def parts_of(readings: Sequence[Reading], gaps: Sequence[Gap], now: datetime) -> list[list[Reading]]:
    """Return readings in the pieces that are joined by a line: nothing is drawn over a gap."""
    pieces: list[list[Reading]] = []
    for reading in readings:
        last = pieces[-1][-1] if pieces else None
        if last is None or any(gap.start < reading.at and (gap.end or now) > last.at for gap in gaps):
            pieces.append([])
        pieces[-1].append(reading)
    return pieces


def _values(course: Course) -> Iterator[Decimal]:
    yield from (reading.value for reading in course.readings)
    for condition in conditions_at(course.condition, course.goalposts, [course.starts_at, *course.moved_at]):
        yield from bounds_of(condition)
    if course.planned is not None:
        yield from (value for _, value in course.planned)


def _axes(frame: _Frame, now: datetime, zone: str) -> Iterator[Html]:
    for tick in frame.scale.ticks:
        y = frame.y(tick)
        yield tag("line", x1=frame.left, x2=frame.right, y1=y, y2=y, class_="grid")
        yield tag("text", show_value(tick), x=frame.left - 6, y=y + 4, class_="tick value")
    if frame.course.unit:
        yield tag("text", f"in {frame.course.unit}", x=0, y=12, class_="tick")
    today = day_at(now, zone)
    for moment, day in day_ticks(frame.course.starts_at, frame.course.ends_at, zone, frame.size.days):
        x, text = frame.x(moment), show_day(day, today)
        yield tag("line", x1=x, x2=x, y1=frame.floor, y2=frame.floor + 5, class_="grid")
        # The last label may not leave the drawing.
        fits = x + len(text) * CHARACTER / 2 <= frame.size.width
        yield tag("text", text, x=x if fits else frame.size.width, y=frame.size.height - 6,
                  class_="tick day" if fits else "tick value")  # fmt: skip


def _gaps(frame: _Frame, now: datetime) -> Iterator[Html]:
    for gap in frame.course.gaps:
        left, right = frame.x(gap.start), frame.x(gap.end or now)
        yield tag("rect", x=left, y=frame.TOP, width=max(right - left, 1.0),
                  height=frame.floor - frame.TOP, class_="gap")  # fmt: skip


def _planned(frame: _Frame) -> Iterator[Html]:
    if frame.course.planned is not None:
        (start, first), (end, last) = frame.course.planned
        yield tag(
            "line", x1=frame.x(start), y1=frame.y(first), x2=frame.x(end), y2=frame.y(last), class_="planned"
        )


def _bounds(frame: _Frame) -> Iterator[Html]:
    course = frame.course
    moments = [course.starts_at, *(at for at in course.moved_at if at > course.starts_at)]
    held = [bounds_of(condition) for condition in conditions_at(course.condition, course.goalposts, moments)]
    for place in range(max(map(len, held))):
        steps = []
        for moment, end, bounds in zip(moments, [*moments[1:], course.ends_at], held, strict=True):
            y = frame.y(bounds[min(place, len(bounds) - 1)])
            steps += [f"{frame.x(moment):.1f},{y:.1f}", f"{frame.x(end):.1f},{y:.1f}"]
        yield tag("polyline", points=" ".join(steps), class_="bound")


def _now(frame: _Frame, now: datetime) -> Iterator[Html]:
    if frame.course.starts_at < now < frame.course.ends_at:
        x = frame.x(now)
        yield tag("line", x1=x, x2=x, y1=frame.TOP, y2=frame.floor, class_="now")
        yield tag("text", "now", x=min(x, frame.right - 12), y=frame.TOP - 4, class_="tick day")


def _goalposts(frame: _Frame) -> Iterator[Html]:
    for number, at in enumerate(frame.course.moved_at, 1):
        x = frame.x(at)
        yield tag("line", x1=x, x2=x, y1=frame.TOP - 8, y2=frame.floor, class_="goalpost")
        yield tag("circle", cx=x, cy=frame.TOP - 16, r=8, class_="goalpost")
        yield tag("text", str(number), x=x, y=frame.TOP - 12, class_="number")


def _line(frame: _Frame, now: datetime) -> Iterator[Html]:
    readings = frame.course.readings
    for piece in parts_of(readings, frame.course.gaps, now):
        if len(piece) > 1:
            points = " ".join(f"{frame.x(each.at):.1f},{frame.y(each.value):.1f}" for each in piece)
            yield tag("polyline", points=points, class_="readings")
        shown = piece if len(readings) <= DOTS or len(piece) == 1 else []
        yield join(*(_dot(frame, each) for each in shown))
    if len(readings) > DOTS:
        yield _dot(frame, readings[-1])


def _dot(frame: _Frame, reading: Reading) -> Html:
    return tag("circle", cx=frame.x(reading.at), cy=frame.y(reading.value), r=3, class_="reading")
