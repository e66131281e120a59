"""Prompts: feedback questions put to a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.audience import Reach, Shown


class PromptKind(StrEnum):
    """How a prompt is answered."""

    SCALE = "scale"  # 1 to 5
    SCORE = "score"  # 0 to 10
    ENPS = "enps"  # 0 to 10, told as a net promoter score as well
    THUMBS = "thumbs"
    CHOICE = "choice"
    TEXT = "text"


NUMBERS: Mapping[PromptKind, range] = {
    PromptKind.SCALE: range(1, 6),
    PromptKind.SCORE: range(11),
    PromptKind.ENPS: range(11),
}
"""The numbers that the options of a kind stand for, in order; other kinds have none."""


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
class Prompt:
    """A feedback question put to a channel.

    Attributes:
        id: Row id.
        number: Number people type (`#12`), counted per workspace.
        question: As typed, not escaped.
        kind: How it is answered.
        options: In order; empty for ``text``.
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


@dataclass(frozen=True, slots=True)
class Response:
    """One person's answer, without the person.

    Attributes:
        option_id: What was chosen, or None for a written answer alone.
        text: What was written, as typed, or None.
    """

    option_id: str | None = None
    text: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be read of it: it is sealed, or was sealed under a key that is lost."""
        return self.option_id is None and self.text is None


@dataclass(frozen=True, slots=True)
class Tally:
    """What can be shown of a prompt's responses now.

    Attributes:
        responses: How many people answered.
        counts: Option id → how many chose it, in the prompt's option order; None while hidden.
        texts: Written answers, in the order to show them; None while hidden.
        mean: Of numbers, with at least one response shown, to one decimal; else None.
        hidden_because: One plain sentence when counts or texts are hidden, else empty.
        spread: The standard deviation of two or more of them, to one decimal, or None.
        enps: For ``enps`` the share of 9 and 10 less that of 0 to 6, in points from −100 to 100, or None.
    """

    responses: int
    counts: tuple[tuple[str, int], ...] | None
    texts: tuple[str, ...] | None
    mean: str | None
    hidden_because: str
    spread: str | None = None
    enps: int | None = None
