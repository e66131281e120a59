"""Whole days out of calendar files: what counts as a day off, and what is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from bot.errors import SourceError
from bot.sources.calendar import HORIZON, MOST_DAYS, read_calendar
from bot.sources.jsonpath import Evaluator

TODAY = date(2026, 11, 23)


def event(*lines: str, uid: str = "1") -> str:
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}@example.com", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]
    )


def calendar(*events: str, head: str = "") -> bytes:
    top = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *([head] if head else [])]
    return "\r\n".join([*top, *events, "END:VCALENDAR", ""]).encode()


def days_of(body: bytes, today: date = TODAY) -> list[str]:
    answer = read_calendar(body, {"today": today.isoformat()}, "calendar.example.com")
    return list(json.loads(answer["days"] or ""))


BERLIN = "\r\n".join(
    [
        "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD", "DTSTART:19701025T030000", "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT", "END:VTIMEZONE",
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261226", "SUMMARY:Christmas Day")],
            ["2026-12-25"], id="a day",
        ),
        pytest.param([event("DTSTART;VALUE=DATE:20261225")], ["2026-12-25"], id="a day without an end"),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261225")],
            ["2026-12-25"], id="an end that is its start",
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227")],
            ["2026-12-24", "2026-12-25", "2026-12-26"], id="several days, the end not among them",
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261224", "DURATION:P2D")], ["2026-12-24", "2026-12-25"], id="a duration"
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261125")],
            ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"], id="one that runs",
        ),
        pytest.param([event("DTSTART:20261225T090000Z", "DTEND:20261225T170000Z")], [], id="a time"),
        pytest.param(
            [BERLIN, event("DTSTART;TZID=Europe/Berlin:20261225T000000", "DTEND;TZID=Europe/Berlin:20261226T000000")],
            [], id="midnights that do not say they are a whole day",
        ),
        pytest.param(
            [
                BERLIN,
                event(
                    "DTSTART;TZID=Europe/Berlin:20261225T000000", "DTEND;TZID=Europe/Berlin:20261227T000000",
                    "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
                ),
            ],
            ["2026-12-25", "2026-12-26"], id="Outlook's whole days",
        ),
        pytest.param([event("DTSTART;VALUE=DATE:20261225", "STATUS:CANCELLED")], [], id="cancelled"),
        pytest.param([event("DTSTART;VALUE=DATE:20261225", "STATUS:TENTATIVE")], ["2026-12-25"], id="tentative"),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261225", "TRANSP:TRANSPARENT")],
            ["2026-12-25"], id="free time, as holidays are",
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=YEARLY")], ["2027-01-01"], id="each year"
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261204", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261211")],
            ["2026-12-04", "2026-12-18"], id="with an exception",
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261204", "RRULE:FREQ=WEEKLY;UNTIL=20261211", "RDATE;VALUE=DATE:20261215")],
            ["2026-12-04", "2026-12-11", "2026-12-15"], id="until a day, and one more",
        ),
        pytest.param(
            [
                event("DTSTART;VALUE=DATE:20261204", "RRULE:FREQ=WEEKLY;COUNT=2"),
                event("RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART;VALUE=DATE:20261212"),
            ],
            ["2026-12-04", "2026-12-12"], id="one occurrence moved",
        ),
        pytest.param(
            [
                event("DTSTART;VALUE=DATE:20261204", "RRULE:FREQ=WEEKLY;COUNT=2"),
                event("RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART:20261211T090000Z", "DTEND:20261211T100000Z"),
            ],
            ["2026-12-04"], id="one occurrence with a time",
        ),
        pytest.param(
            [
                event("DTSTART;VALUE=DATE:20261204", "RRULE:FREQ=WEEKLY;COUNT=2"),
                event("RECURRENCE-ID;VALUE=DATE:20261211", "DTSTART;VALUE=DATE:20261211", "STATUS:CANCELLED"),
            ],
            ["2026-12-04"], id="one occurrence cancelled",
        ),
        pytest.param(
            [event("DTSTART;VALUE=DATE:20261225", uid=str(number)) for number in range(3)],
            ["2026-12-25"], id="the same day",
        ),
        pytest.param(
            [
                event("DTSTART;VALUE=DATE:20261225"), event("DTSTART;VALUE=DATE:99999999", uid="2"),
                event("DTSTART;VALUE=DATE:00010101", "DTEND;VALUE=DATE:99991231", uid="3"),
                event("DTSTART;VALUE=DATE:20261224", "RRULE:FREQ=NEVER", uid="4"), event("SUMMARY:No day", uid="5"),
            ],
            ["2026-12-25"], id="events that can't be read beside one that can",
        ),
        pytest.param(
            ["BEGIN:VTODO\r\nUID:1\r\nDUE;VALUE=DATE:20261225\r\nDTSTART;VALUE=DATE:20261225\r\nEND:VTODO"],
            [], id="a task",
        ),
        pytest.param([], [], id="an empty calendar"),
    ],
)  # fmt: skip
def test_which_days_are_off(events: list[str], expected: list[str]) -> None:
    assert days_of(calendar(*events)) == expected


def test_days_are_read_from_a_week_ago_up_to_the_horizon() -> None:
    edges = [
        TODAY - timedelta(days=8),
        TODAY - timedelta(days=7),
        TODAY + HORIZON,
        TODAY + HORIZON + timedelta(days=1),
    ]
    body = calendar(*(event(f"DTSTART;VALUE=DATE:{day:%Y%m%d}", uid=str(day)) for day in edges))
    assert days_of(body) == [edges[1].isoformat(), edges[2].isoformat()]


def test_two_calendars_in_one_file_and_bare_line_ends_are_read() -> None:
    two = calendar(event("DTSTART;VALUE=DATE:20261225")) + calendar(event("DTSTART;VALUE=DATE:20270101"))
    assert days_of(two.replace(b"\r\n", b"\n")) == ["2026-12-25", "2027-01-01"]


@pytest.mark.parametrize(
    ("body", "because"),
    [
        pytest.param(b"", "that is no calendar", id="nothing"),
        pytest.param(b"<!doctype html><html><body>Sign in</body></html>", "that is no calendar", id="a page"),
        pytest.param(b'{"days": ["2026-12-25"]}', "that is no calendar", id="JSON"),
        pytest.param(b"\x00\xff\xfe" * 50, "that is no calendar", id="bytes"),
        pytest.param(event("DTSTART;VALUE=DATE:20261225").encode(), "that is no calendar", id="an event alone"),
        pytest.param(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "that is no calendar", id="cut off"),
        pytest.param(b"BEGIN:VCALENDAR\r\n" * 5_000, "that is no calendar", id="nested deep"),
        pytest.param(b"x" * 2_000_001, "too large", id="too many bytes"),
        pytest.param(calendar("BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5_001), "too large", id="too many events"),
        pytest.param(
            calendar(event("DTSTART;VALUE=DATE:20261123", "RRULE:FREQ=DAILY")), f"more than {MOST_DAYS} of",
            id="every day",
        ),
        pytest.param(
            calendar(event("DTSTART;VALUE=DATE:19010101", "DTEND;VALUE=DATE:21991231")), f"more than {MOST_DAYS} of",
            id="three hundred years",
        ),
    ],
)  # fmt: skip
def test_what_is_no_calendar_of_days_off_is_refused(body: bytes, because: str) -> None:
    with pytest.raises(SourceError, match=because) as refused:
        days_of(body)
    assert refused.value.host == "calendar.example.com"


async def test_a_file_that_would_be_computed_on_for_ever_is_stopped() -> None:
    forever = calendar(
        *(
            event(
                "DTSTART;VALUE=DATE:19000101", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", uid=str(number)
            )
            for number in range(20)
        )
    )
    evaluator = Evaluator(workers=1, timeout_s=1.0)
    try:
        with pytest.raises(SourceError) as stopped:
            await evaluator.run(
                "calendar",
                forever,
                {"today": TODAY.isoformat()},
                host="calendar.example.com",
                loop_limit_bytes=0,
            )
        assert stopped.value.cause in {"timeout", "too_large", "not_json"}
        good = calendar(event("DTSTART;VALUE=DATE:20261225"))
        answer = await evaluator.run(
            "calendar", good, {"today": TODAY.isoformat()}, host="calendar.example.com", loop_limit_bytes=0
        )
        assert json.loads(answer["days"] or "") == ["2026-12-25"]
    finally:
        await evaluator.aclose()
