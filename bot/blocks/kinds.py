"""Kinds: how a question can be answered, as menus name it."""

from __future__ import annotations

from bot.domain.prompt import PromptKind

KINDS = {
    PromptKind.SCALE: ("Scale", "A number from 1 to 5"),
    PromptKind.SCORE: ("Score", "A number from 0 to 10"),
    PromptKind.ENPS: ("eNPS", "A number from 0 to 10, told as a net promoter score"),
    PromptKind.THUMBS: ("Thumbs", "Up or down"),
    PromptKind.EMOJI: ("Emoji", "One of your emoji, or of five faces"),
    PromptKind.CHOICE: ("Choice", "One of your options"),
    PromptKind.SEVERAL: ("Several", "Any number of your options"),
    PromptKind.NUMBER: ("Number", "Any number"),
    PromptKind.DATE: ("Date", "A day"),
    PromptKind.TEXT: ("Text", "A few words of their own"),
}
