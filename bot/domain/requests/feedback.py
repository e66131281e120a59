"""What is typed after `/feedback`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.audience import Reach, Shown
from bot.domain.cadence import Cadence
from bot.domain.entities import ChannelRef, UserRef
from bot.domain.note import NoteState
from bot.domain.prompt import PromptKind

DEFAULT_FLOOR = 5
LOWEST_FLOOR = 3


class SeriesChange(StrEnum):
    """What can be done to a prompt that is asked again and again."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class AddNote:
    """`/feedback the new form is confusing`; line ends are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class OpenAskForm:
    """`/feedback ask`: the modal."""


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """`question "How clear is it?" scale [comment] [optional]`: one question of a form.

    Attributes:
        text: On one line.
        kind: How it is answered; never ``form``.
        options: Labels, for ``choice``, ``several`` and ``emoji`` only, no two alike.
        comment: Whether a comment can go with the answer; never for ``text``.
        optional: Whether it may be left unanswered.
    """

    text: str
    kind: PromptKind
    options: tuple[str, ...] = ()
    comment: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AskPrompt:
    """`/feedback ask "How clear is it?" scale|thumbs|choice "A" "B"|text … [anonymous] [closes in 2d] …`.

    Attributes:
        question: On one line; the title of a form.
        kind: How it is answered; ``form`` when it has questions.
        options: Labels, for ``choice``, ``several`` and ``emoji`` only, no two alike.
        anonymous: Never changes after posting.
        floor: Fewest responses whose results are shown when anonymous; at least 3 (`anonymous floor 8`).
        channel: None for the one where it was typed.
        closes_in: None when no time closes it.
        close_after: Answers with which it closes, at least 1 and never under an anonymous prompt's floor; None
            when no count closes it. Without either it stays open until someone closes it.
        every: When it is asked again, once a day at most; None to ask once, now.
        reach: Who may answer (`to everyone`).
        people: Those it names (`to <@U1> <@U2>`), no two alike; empty unless it reaches them alone.
        results: When results are seen; None for live, or at the close of an anonymous prompt.
        open_options: Whether whoever answers may add options; choices only.
        remind: Whether people who were asked are reminded once; only with `closes_in`.
        comment: Whether a comment can go with the answer; never for ``text`` and ``form``.
        questions: Those of a form, at most 10.
        reactions: Whether reactions under it are answers; never of an anonymous prompt.
    """

    question: str
    kind: PromptKind
    options: tuple[str, ...] = ()
    anonymous: bool = False
    floor: int = DEFAULT_FLOOR
    channel: ChannelRef | None = None
    closes_in: timedelta | None = None
    close_after: int | None = None
    every: Cadence | None = None
    reach: Reach = Reach.CHANNEL
    people: tuple[UserRef, ...] = ()
    results: Shown | None = None
    open_options: bool = False
    remind: bool = False
    comment: bool = False
    questions: tuple[AskQuestion, ...] = ()
    reactions: bool = False


@dataclass(frozen=True, slots=True)
class ListPrompts:
    """`/feedback list`."""


@dataclass(frozen=True, slots=True)
class PromptResults:
    """`/feedback results [#12 | "title"]`; both None for the channel's only open one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ClosePrompt:
    """`/feedback close [#12 | "title"]`; both None for the channel's only open one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class EditPrompt:
    """`/feedback edit [#12 | "title"]`; both None for the channel's only open one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ExportResponses:
    """`/feedback export [#12 | "QUESTION"]`; neither means the channel's only open prompt, or its latest closed one."""

    number: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ListNotes:
    """`/feedback notes [new | acknowledged | acted on | not doing]`; None for all."""

    state: NoteState | None = None


@dataclass(frozen=True, slots=True)
class OpenInboxForm:
    """`/feedback inbox`: the modal that asks for the code."""


@dataclass(frozen=True, slots=True)
class OpenInbox:
    """`/feedback inbox 7KX3-9QPM-H2TV-0ABC`: what was replied to words written anonymously.

    Attributes:
        code: As `inbox.spell_code` makes it; not shown where a request is, in a log say.
    """

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FeedbackPrivacy:
    """`/feedback privacy`."""
