"""Reactions: which one stands for which answer, and what those of one person come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audience import Shown
from bot.domain.prompt import NUMBERS, Option, PromptKind
from bot.errors import UserError

KEYCAPS = (*("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "keycap_ten"),)
"""Slack's names of the emoji 0️⃣ to 🔟, each at the place of its number."""

UP, DOWN = "+1", "-1"
"""Slack's names of 👍 and 👎."""

FACES: Mapping[str, str] = {
    "😀": "grinning",
    "🙂": "slightly_smiling_face",
    "😐": "neutral_face",
    "🙁": "slightly_frowning_face",
    "😞": "disappointed",
}
"""Slack's names of the faces that `emoji` alone offers."""

_SAME: Mapping[str, str] = {"thumbsup": UP, "thumbsdown": DOWN}

ANSWERED_BY_REACTION = frozenset({PromptKind.THUMBS, PromptKind.EMOJI, PromptKind.CHOICE, *NUMBERS})
"""Kinds whose answers reactions can stand for."""

CLICK = ""
"""Stands for a press of a button among the reactions of a person: it is newer or older than they are."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """What is known of one reaction of one person under a message.

    Attributes:
        name: Slack's name of it with its skin tone, or `CLICK`.
        added_at: When it was added last, by Slack's clock; None while only its removal was heard of.
        removed_at: When it was removed last, by Slack's clock, or None.
    """

    name: str
    added_at: datetime | None = None
    removed_at: datetime | None = None


def reactions_for(kind: PromptKind, options: Sequence[Option]) -> tuple[tuple[str, Option], ...]:
    """Return the reactions that answer a prompt, each with its option, in order; none where there are no options.

    Of a choice with more than ten options the first ten have one.
    """
    if kind is PromptKind.THUMBS:
        return tuple(zip((UP, DOWN), options, strict=False))
    if kind in NUMBERS:
        numbered = zip(NUMBERS[kind], options, strict=True)
        return tuple((KEYCAPS[number], option) for number, option in numbered if number < len(KEYCAPS))
    if kind is PromptKind.CHOICE:
        return tuple(zip(KEYCAPS[1:], options, strict=False))
    if kind is PromptKind.EMOJI:
        return tuple((name, option) for option in options if (name := _emoji_name(option.label)))
    return ()


def option_id_of(kind: PromptKind, options: Sequence[Option], reaction: str) -> str | None:
    """Return the id of the option that a reaction stands for, in any skin tone; None where it is decoration."""
    name = plain_name(reaction)
    return next((option.id for each, option in reactions_for(kind, options) if each == name), None)


def _emoji_name(label: str) -> str:
    """Return Slack's name of an emoji that can be chosen, or nothing where only its sign is known."""
    if label.startswith(":"):
        return plain_name(label.strip(":").replace(":::", "::"))
    return FACES.get(label, "")


def plain_name(reaction: str) -> str:
    """Return a reaction's name without its skin tone, and under the first of its names (``thumbsup::skin-tone-2``)."""
    name = reaction.partition("::")[0]
    return _SAME.get(name, name)


def counting(reactions: Iterable[Reacted]) -> str | None:
    """Return the reaction of a person that counts, whatever the order in which Slack told of them.

    The one added last counts, until it is removed; then none does, also where older ones are still there. After a
    press of a button none counts that was added before.

    Args:
        reactions: All that is known of the person under one message, one a name.
    """
    added = [each for each in reactions if each.added_at is not None]
    newest = max(added, key=lambda each: (each.added_at, each.name), default=None)
    if newest is None or newest.name == CLICK:
        return None
    return newest.name if _is_there(newest) else None


@dataclass(frozen=True, slots=True)
class Reactors:
    """Who has a reaction under a message now, as Slack says when it is asked.

    Attributes:
        name: Slack's name of the reaction, with its skin tone.
        users: Slack user ids.
        is_whole: False when Slack names only some of them.
    """

    name: str
    users: tuple[str, ...]
    is_whole: bool = True


def missed(
    known: Mapping[str, Sequence[Reacted]], standing: Sequence[Reactors], *, counts_new: bool
) -> list[tuple[str, str, bool]]:
    """Return what Slack did not tell of: (user id, reaction, whether it was added), removals first.

    Only what is beyond doubt: a reaction that counts and is gone, and one of a person of whom nothing counts and who
    pressed no button. Of several new ones of a person the last in Slack's order.

    Args:
        known: User id → what is known of their reactions.
        standing: Those under the message that can be answers.
        counts_new: Whether one that was not told of can have been meant as what it stands for now.
    """
    there = {(user, plain_name(each.name)) for each in standing for user in each.users}
    partial = {plain_name(each.name) for each in standing if not each.is_whole}
    gone, settled = [], set()
    for user, reactions in known.items():
        name = counting(reactions)
        if name is not None and plain_name(name) not in partial and (user, plain_name(name)) not in there:
            gone.append((user, name, False))
        elif name is not None:
            settled.add(user)
        if any(each.name == CLICK for each in reactions):
            settled.add(user)
    told = {(user, each.name) for user, reactions in known.items() for each in reactions if _is_there(each)}
    new = {
        user: each.name
        for each in standing
        for user in each.users
        if counts_new and user not in settled and (user, each.name) not in told
    }
    return [*gone, *((user, name, True) for user, name in new.items())]


_IN: Mapping[PromptKind, str] = {
    PromptKind.FORM: "to a form",
    PromptKind.SEVERAL: "of several options",
    PromptKind.NUMBER: "that is any number",
    PromptKind.DATE: "that is a day",
}
"""How the ways of answering that are no word of their own are named in a sentence."""


def _is_there(reacted: Reacted) -> bool:
    if reacted.added_at is None:
        return False
    return reacted.removed_at is None or reacted.removed_at <= reacted.added_at


def check_reactions(
    reactions: bool,
    kind: PromptKind,
    results: Shown | None,
    *,
    anonymous: bool,
    field: str = "reactions",
) -> None:
    """Let reactions count where they can stand for an answer, and show no more than they may.

    Raises:
        UserError: the prompt is anonymous, its results are not seen at once, or its answers are no options.
    """
    if not reactions:
        return
    if anonymous:
        raise UserError(
            "A reaction shows who gave it, so it can't answer an anonymous prompt. Leave reactions out, or ask "
            "without anonymous.",
            field=field,
        )
    if kind not in ANSWERED_BY_REACTION:
        raise UserError(
            f"No reaction can stand for an answer {_IN.get(kind, f'in {kind}')}. Leave reactions out, or ask with "
            'thumbs, scale, score, enps, emoji or choice "A" "B".',
            field=field,
        )
    if results not in (None, Shown.LIVE):
        raise UserError(
            f"A reaction shows at once who chose what, so results can't be {results}. Leave reactions out, or type "
            "results live.",
            field=field,
        )
