"""What people see of feedback: every message and form as JSON, reviewed as UI, within Slack's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from bot.blocks.answering import (
    answer_view,
    change_message,
    receipt_message,
    receipt_view,
    withdrawn_message,
    withdrawn_view,
)
from bot.blocks.asked import asked_message, asked_view
from bot.blocks.asking import AskValues, ask_view
from bot.blocks.feedback import prompt_message
from bot.blocks.inboxes import inbox_view, replied_view, reply_view
from bot.blocks.notes import note_message, privacy_message, undone_message
from bot.blocks.privacy import anonymity, privacy_line
from bot.blocks.results import close_question, list_message, results_message
from bot.domain.actor import Person
from bot.domain.inbox import Inbox, Opened
from bot.domain.initiative import Initiative, InitiativeState
from bot.domain.message import Message
from bot.domain.note import Note
from bot.domain.prompt import Option, Prompt, PromptKind, PromptState, Tally
from bot.examples.world import World
from bot.sandbox.blockkit import check_message, check_view, find_mass_mentions
from tests.answers import one

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NASTY = "<!channel> & <https://evil.example|click> *bold* `code` 🎉 مرحبا “smart”"

SCALE = Prompt(
    id=40,
    number=12,
    question="How clear is the new form?",
    kind=PromptKind.SCALE,
    options=tuple(Option(str(step), str(step)) for step in range(1, 6)),
    anonymous=False,
    floor=5,
    channel_id="C0GENERAL",
    channel_name="general",
    initiative_id=None,
    asked_by="U0ALICE",
    state=PromptState.OPEN,
    created_at=NOW - timedelta(hours=2),
    closes_at=NOW + timedelta(days=2),
    closed_at=None,
    zone="Europe/Berlin",
    ts="1795442400.000100",
)
THUMBS = replace(
    SCALE,
    question="Keep the old form?",
    kind=PromptKind.THUMBS,
    options=(Option("up", "Thumbs up 👍"), Option("down", "Thumbs down 👎")),
    closes_at=None,
)
CHOICE = replace(
    SCALE,
    question=f"Which one? {NASTY}",
    kind=PromptKind.CHOICE,
    options=(Option("o1", "The old one"), Option("o2", "Fish & <chips>")),
)
TEXT = replace(SCALE, question="What is missing?", kind=PromptKind.TEXT, options=())
ANONYMOUS = replace(SCALE, anonymous=True)
ROWS = (("notes you gave", 3), ("answers with your name", 1))
CLOSED = {"state": PromptState.CLOSED, "closed_at": NOW}

NOTHING = Tally(0, tuple((str(step), 0) for step in range(1, 6)), (), None, "")
SOME = Tally(5, (("1", 0), ("2", 1), ("3", 0), ("4", 3), ("5", 1)), (), "3.8", "")
HIDDEN = Tally(7, None, None, None, "Results are shown once, when it closes.")
TOO_FEW = Tally(2, None, None, None, "Results stay hidden: fewer than 5 people answered.")
WORDS = Tally(3, (), ("A back button.", NASTY, "Two\nlines"), None, "")
MANY_WORDS = Tally(30, (), tuple(f"Answer {n}. " + "word " * 150 for n in range(30)), None, "")

CHECKOUT = Initiative(
    id=7,
    name="Checkout & rewrite",
    outcome="",
    owner_id="U0ALICE",
    channel_id="C0GENERAL",
    channel_name="general",
    private=False,
    zone="Europe/Berlin",
    starts_on=date(2026, 11, 1),
    ends_on=date(2026, 12, 12),
    state=InitiativeState.OPEN,
    created_at=NOW,
)
NOTE = Note(3, f"the new form is confusing\n{NASTY}", "U0BOB", "C0GENERAL", 7, NOW - timedelta(hours=3))
ALICE = Person("T0", "U0ALICE", "Alice", "Europe/Berlin", is_admin=False)


def posted(prompt: Prompt, tally: Tally, dialect: str = "sqlite") -> Message:
    return prompt_message(prompt, tally, privacy_line(prompt, dialect))


def listed(offset: int = 0, total: int = 2) -> Message:
    return list_message(
        [(SCALE, SOME), (replace(CHOICE, id=41, number=11, **CLOSED), TOO_FEW)],
        [NOTE] if offset == 0 else [],
        offset=offset,
        total=total,
        notes_total=9,
        now=NOW,
    )


PRIVACY = privacy_line(SCALE, "sqlite")
TEXT_PRIVACY = privacy_line(TEXT, "sqlite")

MESSAGES: Mapping[str, Message] = {
    "a prompt nobody has answered": posted(SCALE, NOTHING),
    "a prompt with answers": posted(SCALE, SOME),
    "a prompt without a closing time": posted(THUMBS, Tally(1, (("up", 1), ("down", 0)), (), None, "")),
    "a choice with mark-up in it": posted(CHOICE, Tally(3, (("o1", 1), ("o2", 2)), (), None, "")),
    "a prompt answered in words": posted(TEXT, WORDS),
    "an anonymous prompt on SQLite": posted(ANONYMOUS, HIDDEN),
    "an anonymous prompt on PostgreSQL": posted(ANONYMOUS, HIDDEN, "postgresql"),
    "a closed prompt": posted(replace(SCALE, **CLOSED), SOME),
    "a closed anonymous prompt under its floor": posted(replace(ANONYMOUS, **CLOSED), TOO_FEW),
    "a closed prompt answered in words": posted(replace(TEXT, **CLOSED), WORDS),
    "a closed prompt answered in many words": posted(replace(TEXT, **CLOSED), MANY_WORDS),
    "a receipt": receipt_message(SCALE, one("4"), {}, PRIVACY),
    "a receipt for a changed answer": receipt_message(SCALE, one("4"), one("3"), PRIVACY),
    "a receipt for the same answer again": receipt_message(SCALE, one("4"), one("4"), PRIVACY),
    "a receipt for an anonymous answer": receipt_message(
        ANONYMOUS, one("4"), {}, privacy_line(ANONYMOUS, "sqlite")
    ),
    "changing an answer": change_message(SCALE, one("4")),
    "a withdrawn answer": withdrawn_message(SCALE),
    "results of an open prompt": results_message(SCALE, SOME),
    "results that are hidden": results_message(ANONYMOUS, HIDDEN),
    "results in words, first page": results_message(TEXT, MANY_WORDS),
    "results in words, last page": results_message(TEXT, MANY_WORDS, offset=27),
    "closing a prompt": close_question(SCALE, SOME),
    "closing an anonymous prompt under its floor": close_question(ANONYMOUS, TOO_FEW),
    "a list": listed(),
    "a list with a next page": listed(total=16),
    "an empty list": list_message([], [], offset=0, total=0, notes_total=0, now=NOW),
    "what was asked": asked_message(SCALE, CHECKOUT, PRIVACY),
    "what was asked without a closing time": asked_message(THUMBS, None, PRIVACY),
    "a note on an initiative": note_message(NOTE, CHECKOUT, ()),
    "a note on a channel": note_message(NOTE, None, ()),
    "a note on a channel with several initiatives": note_message(
        NOTE, None, (CHECKOUT, replace(CHECKOUT, id=8, name="Search"))
    ),
    "a note of 4,000 characters": note_message(replace(NOTE, text="&" * 4000), CHECKOUT, ()),
    "an undone note": undone_message(NOTE),
    "what is kept": privacy_message("Europe/Berlin", ROWS, 1, anonymity("sqlite", 5)),
    "what is kept of someone unknown": privacy_message("", (), 0, anonymity("postgresql", 5)),
}

VIEWS: Mapping[str, Mapping[str, Any]] = {
    "the ask form": ask_view(
        AskValues(channel="C0GENERAL"),
        typed_in="C0GENERAL",
        anonymity=anonymity("sqlite", 5),
        initiative=CHECKOUT,
    ),
    "the ask form filled in, with a problem": ask_view(
        AskValues("How?", "choice", "A\nB", True, "4", "C0GENERAL", "2d"),
        typed_in="D0BOB",
        anonymity=anonymity("postgresql", 5),
        problem="I am not in #general. Type `/invite @Loopmark` there and try again.",
    ),
    "the ask form in a direct message": ask_view(
        AskValues(channel="D0BOB"), typed_in="D0BOB", anonymity=anonymity("sqlite", 5)
    ),
    "what was asked in the form": asked_view(SCALE, CHECKOUT, PRIVACY),
    "the answer form": answer_view(TEXT, {}, TEXT_PRIVACY),
    "the answer form with an answer": answer_view(TEXT, one(text=NASTY), TEXT_PRIVACY),
    "the receipt in the form": receipt_view(TEXT, one(text=NASTY), {}, TEXT_PRIVACY),
    "the receipt for a changed answer in the form": receipt_view(
        TEXT, one(text="b"), one(text="a"), TEXT_PRIVACY
    ),
    "the withdrawn answer in the form": withdrawn_view(TEXT),
}


@pytest.fixture
def json_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def payload(message: Message) -> dict[str, Any]:
    return {"channel": "C0GENERAL", "text": message.text, "blocks": list(message.blocks)}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reads_as_reviewed_and_keeps_slacks_rules(
    name: str, json_snapshot: SnapshotAssertion
) -> None:
    sent = payload(MESSAGES[name])
    assert check_message(sent) is None
    assert check_message(sent, "chat.update") is None
    assert find_mass_mentions(sent) == []
    assert sent == json_snapshot


@pytest.mark.parametrize("name", VIEWS)
def test_a_form_reads_as_reviewed_and_keeps_slacks_rules(name: str, json_snapshot: SnapshotAssertion) -> None:
    assert check_view(VIEWS[name]) == []
    assert VIEWS[name] == json_snapshot


@settings(max_examples=40)
@given(
    question=st.text(min_size=1, max_size=500),
    labels=st.lists(st.text(min_size=1, max_size=75), min_size=2, max_size=10),
    texts=st.lists(st.text(max_size=2000), max_size=30),
)
def test_whatever_is_asked_and_answered_fits_slacks_limits(
    question: str, labels: list[str], texts: list[str]
) -> None:
    options = tuple(Option(f"o{place}", label) for place, label in enumerate(labels))
    for filled in (question, "&" * 500):
        choice = replace(CHOICE, question=filled, options=options)
        counts = Tally(len(labels), tuple((option.id, 1) for option in options), (), None, "")
        words = Tally(len(texts), (), tuple(texts), None, "")
        answered = replace(TEXT, question=filled, **CLOSED)
        for message in (
            posted(choice, counts),
            posted(replace(choice, **CLOSED), counts),
            posted(answered, words),
            results_message(answered, words),
            receipt_message(choice, one("o0"), one("o1"), PRIVACY),
            change_message(choice, one("o0")),
        ):
            assert check_message(payload(message), "chat.update") is None
            assert find_mass_mentions(payload(message)) == []


@pytest.mark.parametrize("may_reply", [False, True], ids=["read", "replied to"])
@pytest.mark.parametrize("character", ["&", "x", "\n", "🎉"])
def test_the_longest_answers_fit_and_are_read_in_full_page_by_page(character: str, may_reply: bool) -> None:
    texts = tuple(f"{n:02}" + character * 1997 + "!" for n in range(15))
    inboxes = tuple(Inbox(f"{n:043}", date(2026, 11, 23) if n % 3 == 0 else None) for n in range(15))
    tally = Tally(15, (), texts, None, "", inboxes=inboxes)
    offset, seen = 0, ""
    while True:
        message = results_message(replace(TEXT, **CLOSED), tally, offset=offset, may_reply=may_reply)
        assert check_message(payload(message)) is None
        seen += str(message.blocks)
        more = [
            element["value"]
            for block in message.blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == "more_answers"
        ]
        if not more:
            break
        offset = int(more[0].partition(":")[2])
    assert seen.count("!'") == 15


@pytest.mark.parametrize("character", ["&", "x", "\n", "🎉", "&\n"])
def test_the_longest_replies_fit_whole(character: str) -> None:
    longest = (character * 2000)[:1999] + "!"
    answer = Opened("?" * 500, longest, longest, date(2026, 11, 23), date(2027, 2, 21), is_shown=True)
    for answers in ([answer], [answer] * 10):
        view = inbox_view(replace(TEXT, question="&" * 500, **CLOSED), answers)
        assert check_view(view) == []
        assert str(view).count("!'") >= len(answers)
    for view in (reply_view(TEXT, Inbox("a" * 43), longest), replied_view(longest, longest, NOW.date())):
        assert check_view(view) == []


def test_a_line_is_never_broken_within_a_character_code() -> None:
    message = note_message(replace(NOTE, text="x" + "&" * 4000), None, ())
    shown = "".join(block["text"]["text"] for block in message.blocks if block["type"] == "section")
    assert "&" not in shown.replace("&amp;", "")


def test_a_button_of_a_question_that_was_removed_since_shows_all_there_are() -> None:
    form = World().prompt(PromptKind.FORM)
    hidden = Tally(3, None, None, None, "Hidden.")
    tally = replace(hidden, parts=(hidden,) * len(form.form))
    last = len(form.form) - 1
    assert "Question 10" in results_message(form, tally, place=last).text
    assert results_message(form, tally, place=last + 1) == results_message(form, tally)
