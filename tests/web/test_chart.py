"""Charts: whatever the values, everything lies inside the drawing and in its order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.criterion import Condition, Direction
from bot.domain.gaps import Gap
from bot.domain.goalpost import Goalpost, GoalpostField, Move
from bot.domain.page import Course
from bot.domain.reading import Reading
from bot.web.chart import DOTS, NARROW, WIDE, Size, draw, parts_of
from bot.web.scale import day_ticks, value_scale

START = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)
NOW = START + timedelta(days=14)
END = START + timedelta(days=42)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

values = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
) | st.builds(
    lambda digits, power: Decimal(digits).scaleb(power), st.integers(-(10**15), 10**15), st.integers(-30, 15)
)
sizes = st.sampled_from([WIDE, NARROW])


def course(*numbers: object, **changes: object) -> Course:
    """Return a course with a reading a day."""
    made = Course(
        readings=tuple(
            Reading(START + DAY * place, Decimal(str(number))) for place, number in enumerate(numbers)
        ),
        condition=Condition(Direction.AT_MOST, Decimal(800)),
        unit="ms",
        goalposts=(),
        planned=None,
        gaps=(),
        starts_at=START,
        ends_at=END,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of any type


def svg(drawn: Course, size: Size = WIDE) -> ElementTree.Element:
    """Return a chart as a browser reads it."""
    return ElementTree.fromstring(draw(drawn, size, label="a <chart>", now=NOW, zone="Europe/Berlin"))


def of(root: ElementTree.Element, name: str, class_: str) -> list[ElementTree.Element]:
    """Return the elements of a kind and class."""
    return [one for one in root.iter(name) if class_ in one.get("class", "").split()]


def points(line: ElementTree.Element) -> list[tuple[float, float]]:
    """Return the points of a polyline."""
    return [(float(x), float(y)) for x, y in re.findall(r"(\S+),(\S+)", line.get("points", ""))]


@given(st.lists(values, min_size=1, max_size=60), values, sizes)
def test_everything_lies_inside_the_drawing(numbers: list[Decimal], target: Decimal, size: Size) -> None:
    drawn = course(
        planned=((START, numbers[0]), (END, target)),
        condition=Condition(Direction.AT_LEAST, target),
        readings=tuple(Reading(START + HOUR * place, value) for place, value in enumerate(numbers)),
        goalposts=(Goalpost(Move(GoalpostField.TARGET, "3", "5"), START + DAY, "U0ALICE"),),
        gaps=(Gap(START + HOUR, START + HOUR * 2, "HTTP 500"), Gap(START + DAY, None)),
    )
    root = svg(drawn, size)
    numbers_of = {"x": size.width, "x1": size.width, "x2": size.width, "cx": size.width,
                  "y": size.height, "y1": size.height, "y2": size.height, "cy": size.height}  # fmt: skip
    for element in root.iter():
        for name, most in numbers_of.items():
            assert 0 <= float(element.get(name, "0")) <= most, (element.tag, name)
        for x, y in points(element):
            assert 0 <= x <= size.width
            assert 0 <= y <= size.height


@given(st.lists(values, min_size=2, max_size=DOTS))
def test_a_higher_value_never_lies_lower_and_a_later_one_never_further_left(numbers: list[Decimal]) -> None:
    dots = of(svg(course(*numbers, condition=Condition(Direction.AT_LEAST, numbers[0]))), "circle", "reading")
    assert len(dots) == len(numbers)
    placed = sorted(zip(numbers, (float(dot.get("cy", "")) for dot in dots), strict=True))
    assert [y for _, y in placed] == sorted((y for _, y in placed), reverse=True)
    across = [float(dot.get("cx", "")) for dot in dots]
    assert across == sorted(across)


@given(st.lists(values, min_size=1, max_size=10), st.integers(1, 8))
def test_the_ticks_of_values_are_even_round_and_hold_all_of_them(numbers: list[Decimal], most: int) -> None:
    scale = value_scale(numbers, most)
    assert scale.low <= min(numbers)
    assert max(numbers) <= scale.high
    assert 2 <= len(scale.ticks) <= most + 2
    step = scale.ticks[1] - scale.ticks[0]
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}


@given(
    st.integers(0, 5_000_000).map(lambda minutes: START + timedelta(minutes=minutes)),
    st.timedeltas(timedelta(hours=1), timedelta(days=20_000)),
    st.integers(1, 10),
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Havana"]),
)
def test_days_under_the_chart_are_few_and_begin_on_it(
    start: datetime, length: timedelta, most: int, zone: str
) -> None:
    ticks = day_ticks(start, start + length, zone, most)
    assert len(ticks) <= most
    assert all(start <= moment <= start + length for moment, _ in ticks)
    assert len(ticks) >= 1 or length <= timedelta(days=1, hours=1)
    assert len({after[1] - before[1] for before, after in pairwise(ticks)}) <= 1


def test_no_line_is_drawn_over_a_gap() -> None:
    gap = Gap(START + DAY, START + DAY * 2, "HTTP 401")
    root = svg(course(640, 655, 790, 910, gaps=(gap,)))
    assert [len(points(line)) for line in of(root, "polyline", "readings")] == [2, 2]
    [band] = of(root, "rect", "gap")
    dots = [float(dot.get("cx", "")) for dot in of(root, "circle", "reading")]
    assert float(band.get("x", "")) == pytest.approx(dots[1], abs=0.1)
    assert float(band.get("width", "")) == pytest.approx(dots[2] - dots[1], abs=0.2)


def test_a_gap_that_lasts_ends_now() -> None:
    root = svg(course(640, gaps=(Gap(START + DAY, None),)))
    [band], [now] = of(root, "rect", "gap"), of(root, "line", "now")
    assert float(band.get("x", "")) + float(band.get("width", "")) == pytest.approx(
        float(now.get("x1", "")), abs=0.2
    )


def test_readings_that_stand_for_parts_of_the_time_are_parted_by_a_gap_between_others() -> None:
    readings = [Reading(START, Decimal(1)), Reading(START + DAY, Decimal(2))]
    assert len(parts_of(readings, [Gap(START + HOUR, START + HOUR * 9)], NOW)) == 2
    assert len(parts_of(readings, [Gap(START + DAY, None)], NOW)) == 1


def test_the_target_steps_where_it_was_moved_and_the_mark_has_a_number() -> None:
    moved = Goalpost(Move(GoalpostField.TARGET, "900", "800"), START + DAY * 10, "U0ALICE")
    root = svg(course(640, 850, goalposts=(moved,)))
    [bound], [mark] = of(root, "polyline", "bound"), of(root, "line", "goalpost")
    (_, before), (x, _), (_, after), _ = points(bound)
    assert before < after
    assert x == pytest.approx(float(mark.get("x1", "")), abs=0.1)
    assert [number.text for number in of(root, "text", "number")] == ["1"]


def test_a_band_has_two_bounds() -> None:
    band = Condition(Direction.BETWEEN, Decimal(5), Decimal(9))
    assert len(of(svg(course(7, condition=band)), "polyline", "bound")) == 2


def test_many_readings_are_a_line_with_a_dot_at_its_end() -> None:
    many = tuple(Reading(START + HOUR * place, Decimal(place)) for place in range(DOTS + 1))
    root = svg(course(readings=many))
    [dot] = of(root, "circle", "reading")
    [line] = of(root, "polyline", "readings")
    assert (float(dot.get("cx", "")), float(dot.get("cy", ""))) == points(line)[-1]


def test_axes_name_the_unit_and_days_of_the_zone() -> None:
    written = [text.text for text in svg(course(640, unit="<ms> & more")).iter("text")]
    assert "in <ms> & more" in written
    assert {"10 Nov", "8 Dec"} <= set(written)
    assert {"650", "800"} <= set(written)


def test_the_chart_has_a_name_to_be_heard() -> None:
    root = svg(course(640))
    assert (root.get("role"), root.get("aria-label")) == ("img", "a <chart>")
