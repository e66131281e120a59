"""Prompts: feedback questions put to a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.audience import Reach, Shown
from bot.domain.inbox import Inbox


class PromptKind(StrEnum):
    """How a prompt is answered."""

    SCALE = "scale"  # 1 to 5
    SCORE = "score"  # 0 to 10
    ENPS = "enps"  # 0 to 10, told as a net promoter score as well
    THUMBS = "thumbs"
    EMOJI = "emoji"  # one of some emoji
    CHOICE = "choice"
    SEVERAL = "several"  # any number of the options
    NUMBER = "number"  # any number
    DATE = "date"
    TEXT = "text"
    FORM = "form"  # up to ten questions of the other kinds


NUMBERS: Mapping[PromptKind, range] = {
    PromptKind.SCALE: range(1, 6),
    PromptKind.SCORE: range(11),
    PromptKind.ENPS: range(11),
}
"""The numbers that the options of a kind stand for, in order; other kinds have none."""

OWN_OPTIONS = frozenset({PromptKind.CHOICE, PromptKind.SEVERAL, PromptKind.EMOJI})
"""Kinds whose options whoever asks has named; those of other kinds are what they are."""

ONE_PRESS = frozenset({*NUMBERS, PromptKind.THUMBS, PromptKind.EMOJI, PromptKind.CHOICE})
"""Kinds that one press in the channel answers; the others need a form."""

ONLY = "q"
"""Id of the question of a prompt that asks only one."""

MOST_QUESTIONS = 10
"""Of one form."""


class PromptState(StrEnum):
    """Whether a prompt takes answers."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen; votes follow the id, not the label."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a prompt.

    Attributes:
        id: Unlike any other of the prompt's; answers follow it.
        text: As typed, not escaped.
        kind: How it is answered; never ``form``.
        options: In order; empty for ``number``, ``date`` and ``text``.
        comment: Whether a comment can go with its answer; never for ``text``.
        optional: Whether it may be left unanswered.
    """

    id: str
    text: str
    kind: PromptKind
    options: tuple[Option, ...] = ()
    comment: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """A feedback question put to a channel.

    Attributes:
        id: Row id.
        number: Number people type (`#12`), counted per workspace.
        question: As typed, not escaped; the title of a form.
        kind: How it is answered.
        options: In order; empty for ``number``, ``date``, ``text`` and ``form``.
        anonymous: Never changes after posting.
        floor: Fewest responses from which an anonymous prompt's results are shown; at least 3.
        channel_id: Where it was posted.
        channel_name: Without ``#``, possibly empty.
        initiative_id: Row id or None.
        asked_by: Slack user id.
        state: Open or closed.
        created_at: Aware UTC.
        closes_at: Aware UTC, or None when no time closes it.
        closed_at: Aware UTC or None.
        zone: IANA zone of the asker, in which times are shown as text.
        ts: Slack's ts of the posted message, or None until it is posted.
        close_after: Answers with which it closes by itself, or None when no count closes it.
        series_id: Row id of the series it is a wave of, which closes it with its next wave; or None.
        reach: Who may answer.
        named: Slack user ids of those it names, in order; empty unless it reaches them alone.
        results: When results are seen; those of anonymous prompts never before the close.
        edited_at: When it was edited last, aware UTC, or None.
        open_options: Whether whoever answers may add options (choices only).
        comment: Whether a comment can go with an answer; a form says so of each of its questions.
        form: The questions of a form, in order; else empty.
        people: How many answered, of an anonymous one that has closed; None while that is counted.
        reactions: Whether reactions under it are answers.
    """

    id: int
    number: int
    question: str
    kind: PromptKind
    options: tuple[Option, ...]
    anonymous: bool
    floor: int
    channel_id: str
    channel_name: str
    initiative_id: int | None
    asked_by: str
    state: PromptState
    created_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None
    zone: str
    ts: str | None
    close_after: int | None = None
    series_id: int | None = None
    reach: Reach = Reach.CHANNEL
    named: tuple[str, ...] = ()
    results: Shown = Shown.LIVE
    edited_at: datetime | None = None
    open_options: bool = False
    reactions: bool = False
    comment: bool = False
    form: tuple[Question, ...] = ()
    people: int | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """What it asks, in order; one question unless it is a form."""
        if self.kind is PromptKind.FORM:
            return self.form
        return (Question(ONLY, self.question, self.kind, self.options, self.comment),)

    def about(self, question: Question) -> Prompt:
        """Return the prompt as if it asked only one of its questions."""
        if self.kind is not PromptKind.FORM:
            return self
        return replace(
            self,
            question=question.text,
            kind=question.kind,
            options=question.options,
            comment=question.comment,
            form=(),
        )


@dataclass(frozen=True, slots=True)
class Response:
    """One person's answer to one question, without the person.

    Attributes:
        option_ids: What was chosen, in the question's order; several only where several may be.
        value: A number as written without separators, or a day (``2026-12-31``); else None.
        text: What was written, as typed: an answer in words, or the comment that goes with another answer; or None.
        inbox: Where a reply to an anonymous text waits, or None; answers that say the same are equal without it.
    """

    option_ids: tuple[str, ...] = ()
    value: str | None = None
    text: str | None = None
    inbox: Inbox | None = field(default=None, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be read of it: nothing was answered, or it was sealed under a key that is lost."""
        return not self.option_ids and self.value is None and self.text is None


Answers = Mapping[str, Response]
"""Question id → one person's answer to it; a question that is not there was not answered."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What can be shown of a prompt's responses now, or of those to one question of a form.

    Attributes:
        responses: How many people answered.
        counts: Option id → how many chose it, in the prompt's option order; for dates ``2026-12-31`` → how many said
            so, earliest first; empty for numbers and written answers; None while hidden.
        texts: Written answers or comments, in the order to show them; None while hidden.
        mean: Of numbers, with at least one response shown, to one decimal or one more than was typed; else None.
        hidden_because: One plain sentence when counts or texts are hidden, else empty.
        spread: The standard deviation of two or more of them, or None.
        enps: For ``enps`` the share of 9 and 10 less that of 0 to 6, in points from −100 to 100, or None.
        median: Of any numbers (``number``), or None.
        ends: The lowest and the highest of those, unless the prompt is anonymous; or None.
        parts: Of a form, one for each of its questions; the form itself then has neither counts nor texts.
        inboxes: Of an anonymous prompt, where a reply to each of the texts waits, in their order; None for texts
            without an inbox.
    """

    responses: int
    counts: tuple[tuple[str, int], ...] | None
    texts: tuple[str, ...] | None
    mean: str | None
    hidden_because: str
    spread: str | None = None
    enps: int | None = None
    median: str | None = None
    ends: tuple[str, str] | None = None
    parts: tuple[Tally, ...] = ()
    inboxes: tuple[Inbox | None, ...] = ()
