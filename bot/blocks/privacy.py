"""Privacy: who sees what of an answer, said before anybody answers."""

from __future__ import annotations

from bot.domain.audience import Shown
from bot.domain.prompt import Prompt, PromptKind

REPLIES = (
    "*Replies to words you write anonymously* are opened by a code that stands on your receipt and is kept nowhere. A "
    "reply is sealed to that code: nothing else reads it, not even the database with the secret key. Opening it "
    "writes nothing down and tells nobody. But your command brings your Slack id with it: at that moment somebody who "
    "changed Loopmark's code, reads its memory or logs requests on their way to it could see which words are yours, "
    "and Slack delivers the command. Who must not be found out even then leaves the code unused."
)


def privacy_line(prompt: Prompt, dialect: str) -> str:
    """Return who sees what of an answer to a prompt, before anybody answers.

    Args:
        prompt: The prompt.
        dialect: ``sqlite`` or ``postgresql``: what a close can erase (product.md, "Anonymity, exactly").
    """
    if prompt.anonymous:
        return anonymity(dialect, prompt.floor)
    return named_privacy(prompt.kind, prompt.results, comment=prompt.comment, reactions=prompt.reactions)


def anonymity(dialect: str, floor: int) -> str:
    """Return what anonymous means here, and no more than the code guarantees."""
    after = (
        "after it closes Loopmark cannot; "
        "someone with the secret key and an older copy of the database could."
        if dialect == "postgresql"
        else "after it closes nobody can."
    )
    return (
        f"Anonymous. Results appear once, when it closes, and never of fewer than {floor} people. "
        f"While this is open, the person running Loopmark could find out who answered what; {after}"
    )


def named_privacy(kind: PromptKind, results: Shown, *, comment: bool = False, reactions: bool = False) -> str:
    """Return who sees what of an answer that is not anonymous, and when."""
    match kind:
        case PromptKind.TEXT:
            shown = "the answers"
        case PromptKind.NUMBER:
            shown = "what the numbers come to"
        case PromptKind.FORM:
            shown = "how many chose what and what was written"
        case _:
            shown = "how many chose what"
    if comment:
        shown += " and the comments"
    stored = "Not anonymous: answers are stored with your name."
    if reactions:
        stored += " A reaction shows everybody here who gave it."
    match results:
        case Shown.LIVE:
            return f"{stored} This channel sees {shown}, without names."
        case Shown.HIDDEN:
            return f"{stored} This channel sees {shown} when it closes, without names; whoever asked sees it before."
        case Shown.SHARED:
            return f"{stored} Nobody sees {shown} before it closes; then this channel does, without names."
