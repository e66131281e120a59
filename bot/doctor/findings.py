"""Findings: what the doctor says of one thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a line of the doctor's starts with."""

    RIGHT = "✓"
    WRONG = "✗"
    NOTE = "–"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's.

    Attributes:
        mark: Right, wrong, or only good to know.
        about: What was looked at, in a word or two.
        text: What was found, one clause.
        next_step: What to do about it, or empty.
    """

    mark: Mark
    about: str
    text: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class SourceAge:
    """How reading one criterion's source goes.

    Attributes:
        mark: Right, wrong, or only good to know.
        criterion: Its name.
        initiative: Its initiative's name.
        source: Host it is read from, or that it is set by hand.
        age: How old the last value is, in words.
        failures: Reads in a row that failed.
        words: What the last one said, or what else is to know.
    """

    mark: Mark
    criterion: str
    initiative: str
    source: str
    age: str
    failures: int
    words: str
