"""Follow-ups as they are typed, refused, salvaged, and said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.domain.commands import parse
from bot.domain.dates import DayMonth, In, Unit
from bot.domain.entities import UserRef
from bot.domain.follow_up import (
    REASON_LIMIT,
    TEXT_LIMIT,
    parse_follow_up,
    parse_not_doing,
    say_due,
    snoozed_until,
)
from bot.domain.follow_up_text import salvage_follow_up
from bot.domain.requests import AddFollowUp, ListFollowUps, OpenFollowUpForm, Scope
from bot.errors import UserError

TODAY = date(2026, 11, 23)
BOB = UserRef("U1")
DEC = DayMonth(12, 12)


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("follow-up", OpenFollowUpForm()),
        ("follow up", OpenFollowUpForm()),
        ('follow-up "Write the runbook" owner <@U1> by 12 Dec', AddFollowUp("Write the runbook", BOB, DEC)),
        ("follow-up Write the runbook by 12 Dec owner <@U1>", AddFollowUp("Write the runbook", BOB, DEC)),
        ("Follow Up Write it owner <@U1|bob> by 12 Dec", AddFollowUp("Write it", UserRef("U1", "bob"), DEC)),
        (
            "followup “Write the runbook” owner <@U1> by in 2 weeks for “Checkout rewrite”",
            AddFollowUp("Write the runbook", BOB, In(2, Unit.WEEK), "Checkout rewrite"),
        ),
        (
            "follow-up Write a page for support owner <@U1> by 12 Dec for Checkout rewrite",
            AddFollowUp("Write a page for support", BOB, DEC, "Checkout rewrite"),
        ),
        (
            'follow-up Write it for "Checkout rewrite" owner <@U1> by 12 Dec',
            AddFollowUp("Write it", BOB, DEC, "Checkout rewrite"),
        ),
        (
            "follow-up Ask <@U2|dana> why owner <@U1> by 12 Dec",
            AddFollowUp("Ask @dana why", BOB, DEC),
        ),
        ("follow-ups", ListFollowUps()),
        ("follow ups all", ListFollowUps(Scope.ALL)),
        ("followups MINE", ListFollowUps(Scope.MINE)),
        ("follow-up mine", ListFollowUps(Scope.MINE)),
        ("follow-ups for mine", ListFollowUps(Scope.MINE)),
        ('follow-ups for "mine"', ListFollowUps(Scope.INITIATIVE, "mine")),
        ("follow-ups for Checkout rewrite", ListFollowUps(Scope.INITIATIVE, "Checkout rewrite")),
    ],
    ids=str,
)
def test_what_is_typed_is_read(typed: str, request_: object) -> None:
    assert parse("loop", typed) == request_


OWNER = "an owner who sees to it (you, too: choose a name while typing @)"
DAY = "a day by which it is done"


@pytest.mark.parametrize(
    ("typed", "field", "message", "example"),
    [
        (
            '"Write the docs" by 3 Dec for "Checkout rewrite"',
            "owner",
            f"A follow-up needs {OWNER}.",
            "Write the docs owner @Alice by 3 Dec for Checkout rewrite",
        ),
        (
            "Write the docs owner <@U1|bob>",
            "due",
            f"A follow-up needs {DAY}.",
            "Write the docs owner @bob by 12 Dec",
        ),
        (
            "Write the docs",
            "owner",
            f"A follow-up needs {OWNER} and {DAY}.",
            "Write the docs owner @Alice by 12 Dec",
        ),
        (
            "Write the docs owner me by 3 Dec",
            "owner",
            f"A follow-up needs {OWNER}.",
            "Write the docs owner @Alice by 3 Dec",
        ),
        (
            "owner <@U1|bob> by 3 Dec",
            "text",
            "A follow-up needs a word on what is to be done.",
            "Write the runbook owner @bob by 3 Dec",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_line_with_an_example_made_from_what_was_typed(
    typed: str, field: str, message: str, example: str
) -> None:
    with pytest.raises(UserError) as refused:
        parse("loop", f"follow-up {typed}")
    assert (refused.value.field, str(refused.value)) == (field, message)
    assert refused.value.example == f"/loop follow-up {example}"
    assert "\n" not in message


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ('follow-up "Write it owner <@U1> by 12 Dec', "text", "never closed"),
        ("follow-up Write it owner @bob by 12 Dec", "owner", "not a person Slack knows"),
        ('follow-up "Write it" owner me by 12 Dec', "owner", "lacks what has to follow it"),
        ("follow-up Write it owner <@U1> by 12/11", "due", "reads two ways"),
        ("follow-up Write it owner <@U1> by 12 Dec owner <@U2>", "owner", "stands there twice"),
        ("follow-up Write it owner <@U1> by 12 Dec please", "text", "can't read “please”"),
        ("follow-up Write it owner <@U1> by 12 Dec for all", "initiative", "names no single initiative"),
        (f"follow-up {'x' * 301} owner <@U1> by 12 Dec", "text", "has 301 characters; 300 is the most"),
        ('follow-up "" owner <@U1> by 12 Dec', "text", "needs a word on what is to be done"),
        ('follow-up "\u200b" owner <@U1> by 12 Dec', "text", "Say what is to be done"),
        ("follow-ups soon", "text", "I can't list “soon”"),
        ("follow-ups mine please", "text", "can't read “please” after that"),
    ],
)
def test_what_cant_be_read_is_refused(typed: str, field: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as refused:
        parse("loop", typed)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("typed", "filled"),
    [
        ("follow-up", {}),
        ("follow-up Write the docs", {"text": "Write the docs"}),
        ("follow up Write the docs owner me", {"text": "Write the docs"}),
        (
            'follow-up "Write the docs" owner <@U1> by 12 Dec for "Checkout"',
            {"text": "Write the docs", "owner": "U1", "due": "2026-12-12", "initiative": "Checkout"},
        ),
        (
            "follow-up Write it by 12 Dec owner @bob for Checkout rewrite",
            {"text": "Write it", "due": "2026-12-12", "initiative": "Checkout rewrite"},
        ),
        ("follow-up Write it owner <@U1> by 12/11", {"text": "Write it", "owner": "U1"}),
        ("follow-up " + "x" * 400, {"text": "x" * 300}),
    ],
)
def test_a_refused_line_begins_the_form(typed: str, filled: dict[str, str]) -> None:
    assert salvage_follow_up(typed, TODAY) == filled


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 12, 11), "due Fri 11 Dec"),
        (date(2027, 1, 4), "due Mon 4 Jan 2027"),
        (TODAY, "due today"),
        (date(2026, 11, 20), "3 d overdue"),
    ],
)
def test_a_day_is_said_as_it_reads_today(due_on: date, words: str) -> None:
    assert say_due(due_on, TODAY) == words


@pytest.mark.parametrize(
    ("now", "zone", "until"),
    [
        ("2026-11-23T08:00", "Europe/Berlin", "2026-11-29T23:00"),
        ("2026-11-23T23:30", "Europe/Berlin", "2026-11-30T23:00"),
        ("2026-10-22T08:00", "Europe/Berlin", "2026-10-28T23:00"),  # summer time ends in between
        ("2026-11-23T08:00", "America/New_York", "2026-11-30T05:00"),
    ],
)
def test_a_week_of_snoozing_ends_when_the_day_begins(now: str, zone: str, until: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert snoozed_until(moment, zone) == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_text_and_reason_are_one_line_within_their_limits() -> None:
    assert parse_follow_up("  Write\n the  runbook ") == "Write the runbook"
    assert parse_not_doing("too\nlate") == "too late"
    assert len(parse_follow_up("x" * TEXT_LIMIT)) == TEXT_LIMIT
    for bad in ("", " \n", "x" * (REASON_LIMIT + 1)):
        with pytest.raises(UserError) as refused:
            parse_not_doing(bad)
        assert refused.value.field == "reason"
