"""Rhythms as people type them."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import WORKDAYS, Cadence, Cron, Daily, Elapsed, LastWeekday, Weekday, Weekly
from bot.domain.rhythms import parse_every, parse_stored_cadence
from bot.errors import UserError

MON, THU = Weekday.MON, Weekday.THU


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("15m", Elapsed(timedelta(minutes=15))),
        ("every 1h", Elapsed(timedelta(hours=1))),
        ("15 minutes", Elapsed(timedelta(minutes=15))),
        ("2 hours", Elapsed(timedelta(hours=2))),
        ("hour", Elapsed(timedelta(hours=1))),
        ("1h30m", Elapsed(timedelta(minutes=90))),
        ("23h59m", Elapsed(timedelta(hours=23, minutes=59))),
        ("day 09:30", Daily(time(9, 30))),
        ("day at 9am", Daily(time(9))),
        ("weekday 16:00", Weekly(WORKDAYS, time(16))),
        ("Mon 9:00", Weekly((MON,), time(9))),
        ("mondays 9 am", Weekly((MON,), time(9))),
        ("Mon,Thu 09:00", Weekly((MON, THU), time(9))),
        ("Thu, Mon, Mon 09:00", Weekly((MON, THU), time(9))),
        ("Thursday ,Monday 12am", Weekly((MON, THU), time(0))),
        ("Mon 12pm", Weekly((MON,), time(12))),
        ("Mon 11:59PM", Weekly((MON,), time(23, 59))),
        ("week Mon 09:00", Weekly((MON,), time(9))),
        ("Mon,Tue,Wed,Thu,Fri 09:00", Weekly(WORKDAYS, time(9))),
        ("2 weeks Mon 09:00", Weekly((MON,), time(9), 2)),
        ("1 week Mon 09:00", Weekly((MON,), time(9))),
        ("2 weeks weekday 09:00", Weekly(WORKDAYS, time(9), 2)),
        ("last weekday 16:00", LastWeekday(time(16))),
        ('cron "0 9 * * 1"', Cron("0 9 * * 1")),
        ("every cron “*/5  * * * *”", Cron("*/5 * * * *")),
        ('cron "0 9 L * *"', Cron("0 9 L * *")),
    ],
)
def test_a_rhythm_is_read(text: str, cadence: Cadence) -> None:
    assert parse_every(text) == cadence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "how often"),
        ("every", "how often"),
        ("5 fortnights", "“fortnights” is no unit of time"),
        ("5fortnights", "“fortnights” is no unit of time"),
        ("5", "Every 5 what"),
        ("0m", "too often"),
        ("24h", "a day or more"),
        ("7d", "a day or more"),
        ("3 days", "a day or more"),
        ("1w", "a day or more"),
        ("9999999 minutes", "too many"),
        ("0 weeks Mon 09:00", "out of bounds"),
        ("53 weeks Mon 09:00", "out of bounds"),
        ("2 weeks", "On which day"),
        ("week", "On which day"),
        ("2 weeks 09:00", "“09:00” is no day"),
        ("Mon", "`every Mon 09:00`"),
        ("Mon,Thu", "`every Mon,Thu 09:00`"),
        ("day", "`every day 09:00`"),
        ("weekday", "`every weekday 09:00`"),
        ("last weekday", "`every last weekday 09:00`"),
        ("2 weeks Mon", "`every 2 weeks Mon 09:00`"),
        ("Mon 9", "no time of day"),
        ("Mon 25:00", "no time of day"),
        ("Mon 9:5", "no time of day"),
        ("Mon 13pm", "no time of day"),
        ("Mon 0am", "no time of day"),
        ("Mon 9.30", "no time of day"),
        ("Mon 09:60", "no time of day"),
        ("Mon noon", "At what time"),
        ("Mon-Fri 09:00", "no day I can read"),
        ("mo 09:00", "no day I can read"),
        ("so often", "no day I can read"),
        ("Mon 09:00 UTC", "I can't read “UTC”"),
        ("cron 0 9 * * 1", "quotes"),
        ("cron", "quotes"),
        ('cron "0 9 * *"', "five fields"),
        ('cron "0 0 9 * * 1"', "five fields"),
        ('cron "@daily"', "five fields"),
        ('cron "61 9 * * 1"', "bad minute"),
        ('cron "0 0 30 2 *"', "can't be read"),
        ('cron "0 9 * * funday"', "bad day-of-week"),
        (f'cron "{"1," * 60}1 9 * * *"', "too long"),
    ],
)
def test_what_is_no_rhythm_is_refused(text: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_every(text, field="cadence")
    assert caught.value.field == "cadence"
    assert says in str(caught.value)


@given(line=st.text(st.sampled_from("0123456789*/,-#LW MONJAnx²"), max_size=30))
def test_whatever_stands_in_a_cron_line_gives_a_cadence_or_an_error(line: str) -> None:
    try:
        cadence = parse_every(f'cron "{line}"')
    except UserError:
        return
    assert cadence == Cron(" ".join(line.split()))


def test_a_stored_cadence_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(UserError):
        parse_stored_cadence("7d and a bit")
