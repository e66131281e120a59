"""Questions as text: how each is answered, its options, and the questions of a form one on each line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.domain.entities import Token, clean, collapse, cut, plain_line, quote, tokenize
from bot.domain.names import fold, nearest
from bot.domain.prompt import MOST_QUESTIONS, OWN_OPTIONS, PromptKind
from bot.domain.requests import AskQuestion
from bot.errors import UserError

QUESTION_LIMIT = 500
OPTION_LIMIT = 75
"""Most characters on one of Slack's buttons."""
FEWEST_OPTIONS = 2
MOST_OPTIONS = 10

KINDS = {kind.value: kind for kind in PromptKind if kind is not PromptKind.FORM}
"""Word → the way of answering it stands for."""

EMOJI = ("😀", "🙂", "😐", "🙁", "😞")
"""What `emoji` alone offers."""

_SHORT_CODE = re.compile(r":[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?")
_KEYCAP = "\u20e3"
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


class Tokens(Protocol):
    """Tokens that are read one after the other."""

    def peek(self) -> Token | None:
        """Return the next token, or None at the end."""

    def take(self) -> Token:
        """Return the next token and step past it."""


def read_kind(tokens: Tokens) -> tuple[PromptKind, tuple[str, ...]]:
    """Return how a question is answered, the next token being the word for it, and the options that follow.

    Raises:
        UserError: field ``options``: they are too few, too many, too long or alike.
    """
    kind = KINDS[tokens.take().key]
    if kind is PromptKind.EMOJI:
        return kind, parse_options(_emoji(tokens) or EMOJI, kind=kind)
    if kind in OWN_OPTIONS:
        return kind, parse_options(_quoted(tokens), kind=kind)
    return kind, ()


def refuse_mistyped_kind(token: Token) -> None:
    """Refuse a word that looks like a way of answering and is none; do nothing for any other.

    Raises:
        UserError: field ``kind``, with the word that is meant.
    """
    near = nearest(token.key, KINDS) if token.key else ()
    if near:
        raise UserError(
            f"“{cut(token.text)}” is no way of answering. Did you mean {' or '.join(near)}?", field="kind"
        )


def read_question(tokens: Tokens) -> AskQuestion:
    """Return a question of a form: its text in quotes, how it is answered, `comment` and `optional`.

    Raises:
        UserError: field ``question``, ``kind`` or ``options``: a part is missing or can't be read.
    """
    text = tokens.peek()
    if text is None or not text.quoted:
        raise UserError(
            'After question comes its text in quotes, and how it is answered: question "How clear is it?" scale.',
            field="question",
        )
    tokens.take()
    asked = parse_question(text.text)
    kind = tokens.peek()
    if kind is not None and kind.key not in KINDS:
        refuse_mistyped_kind(kind)
    if kind is None or kind.key not in KINDS:
        raise UserError(
            f"Say how “{cut(asked)}” is answered: scale, score, enps, thumbs, emoji, number, date, text, "
            'choice "A" "B" or several "A" "B".',
            field="kind",
        )
    return _with_flags(AskQuestion(asked, *read_kind(tokens)), tokens)


def parse_questions(text: str, *, field: str = "questions") -> tuple[AskQuestion, ...]:
    """Return the questions of a form, one on each line: ``How clear is it? scale comment``.

    A line that names no way of answering is answered in words. Empty lines and bullets don't count.

    Raises:
        UserError: a line can't be read (which one is said), or there are none or too many of them.
    """
    lines = [_BULLET.sub("", line, count=1).strip() for line in clean(text).splitlines()]
    questions = []
    for place, line in enumerate(filter(None, lines), start=1):
        try:
            questions.append(_parse_line(line))
        except UserError as error:
            raise UserError(f"Question {place}: {error}", field=field) from error
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise UserError(
            f"A form has 1 to {MOST_QUESTIONS} questions, each on a line of its own (found: {len(questions)}).",
            field=field,
        )
    return tuple(questions)


def format_question(question: AskQuestion) -> str:
    """Return a question as it is typed on a line of its own: ``"How clear is it?" scale comment``."""
    parts = [quote(question.text), *format_kind(question.kind, question.options)]
    parts += ["comment"] if question.comment else []
    parts += ["optional"] if question.optional else []
    return " ".join(parts)


def format_kind(kind: PromptKind, options: Sequence[str]) -> list[str]:
    """Return how a question is answered as it is typed, with its options."""
    if kind is PromptKind.EMOJI:
        return [kind.value, *(options if tuple(options) != EMOJI else ())]
    return [kind.value, *(quote(option) for option in options)]


def parse_question(text: str, *, field: str = "question") -> str:
    """Return a question on one line.

    Raises:
        UserError: empty, or longer than 500 characters.
    """
    question = collapse(clean(text))
    if not question:
        raise UserError('Type the question in quotes: ask "How clear is it?" scale.', field=field)
    if len(question) > QUESTION_LIMIT:
        raise UserError(
            f"That question has {len(question):,} characters; {QUESTION_LIMIT} is the most.", field=field
        )
    return question


def parse_options(
    labels: Sequence[str], *, kind: PromptKind = PromptKind.CHOICE, field: str = "options"
) -> tuple[str, ...]:
    """Return the answers to choose from, each on one line.

    Raises:
        UserError: fewer than 2 or more than 10, an empty or too long one, two alike, or no emoji where emoji belong.
    """
    options = tuple(collapse(clean(label)) for label in labels)
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        how = (
            "emoji :smile: :cry:" if kind is PromptKind.EMOJI else f'each in quotes: {kind} "Very" "A little"'
        )
        raise UserError(
            f"{'Emoji' if kind is PromptKind.EMOJI else 'A choice'} needs {FEWEST_OPTIONS} to {MOST_OPTIONS} "
            f"answers, {how} (found: {len(options)}).",
            field=field,
        )
    for option in options:
        if not option:
            raise UserError("One of the answers is empty.", field=field)
        if len(option) > OPTION_LIMIT:
            raise UserError(
                f"“{cut(option)}” has {len(option)} characters; {OPTION_LIMIT} is the most.", field=field
            )
        if kind is PromptKind.EMOJI and not is_emoji(option):
            raise UserError(
                f"“{cut(option)}” is no emoji. Type emoji with blanks between them, like :smile: :cry:.",
                field=field,
            )
    if len({fold(option) for option in options}) < len(options):
        raise UserError("Two of the answers are the same.", field=field)
    return options


def check_open_options(kind: PromptKind, open_options: bool, *, field: str = "open_options") -> None:
    """Let people add options where there are options to choose from.

    Raises:
        UserError: the prompt is answered in another way.
    """
    if open_options and kind not in (PromptKind.CHOICE, PromptKind.SEVERAL):
        how = "is a form" if kind is PromptKind.FORM else f"is answered by {kind}"
        raise UserError(
            f'Options can be added to a choice, and this {how}. Type choice "A" "B" open options, or leave it out.',
            field=field,
        )


def check_comment(kind: PromptKind, comment: bool, *, field: str = "comment") -> None:
    """Let a comment go with an answer that is no text itself.

    Raises:
        UserError: the answer is in words.
    """
    if comment and kind is PromptKind.TEXT:
        raise UserError("An answer in words needs no comment. Leave comment out.", field=field)


def check_form(
    questions: Sequence[AskQuestion], *, kind: PromptKind | None, comment: bool
) -> PromptKind | None:
    """Return how a prompt is answered: as a form when it has questions.

    Raises:
        UserError: a form that is answered in one more way, has too many questions, or two that ask the same.
    """
    if not questions:
        return kind
    if kind is not None:
        raise UserError(
            f"A form says of each question how it is answered. Leave “{kind}” out, or put it after a question.",
            field="kind",
        )
    if comment:
        raise UserError("In a form, comment comes right after a question it belongs to.", field="comment")
    if len(questions) > MOST_QUESTIONS:
        raise UserError(f"A form has at most {MOST_QUESTIONS} questions.", field="questions")
    if len({fold(question.text) for question in questions}) < len(questions):
        raise UserError("Two of the questions are the same.", field="questions")
    return PromptKind.FORM


def is_emoji(text: str) -> bool:
    """Say whether a word is an emoji, as a sign or as Slack's short code (``:smile:``)."""
    if _SHORT_CODE.fullmatch(text):
        return True
    if text.isascii():
        return False
    return _KEYCAP in text or not any(unicodedata.category(sign)[0] in "LNP" for sign in text)


class _Listed:
    """Tokens of a list."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]


def _parse_line(text: str) -> AskQuestion:
    line = plain_line(text)
    tokens = tokenize(line)
    if tokens[0].quoted:
        if len(tokens) == 1:
            return AskQuestion(parse_question(tokens[0].text), PromptKind.TEXT)
        listed = _Listed(tokens)
        question = read_question(listed)
        _refuse_rest(listed)
        return question
    # A word such as "scale" may be part of the question: how it is answered is what reaches to the line's end.
    for place, token in enumerate(tokens[1:], start=1):
        if token.key in KINDS:
            listed = _Listed(tokens[place:])
            asked = parse_question(line.show(0, token.start))
            try:
                question = _with_flags(AskQuestion(asked, *read_kind(listed)), listed)
            except UserError:
                if not any(later.key in KINDS for later in tokens[place + 1 :]):
                    raise
                continue
            if listed.peek() is None:
                _refuse_two_readings(line.show(), question, is_bare=place == len(tokens) - 1)
                return question
    return AskQuestion(parse_question(line.show()), PromptKind.TEXT)


def _refuse_two_readings(text: str, question: AskQuestion, *, is_bare: bool) -> None:
    """Let a line be read where its question ends with a sign, or more than a word says how it is answered."""
    if not is_bare or question.text.endswith(("?", "!", ".", ":", "…")):
        return
    in_words = AskQuestion(collapse(text), PromptKind.TEXT)
    raise UserError(
        f"“{cut(collapse(text))}” reads two ways. Type {format_question(question)} or {format_question(in_words)}."
    )


def _refuse_rest(tokens: Tokens) -> None:
    rest = tokens.peek()
    if rest is not None:
        raise UserError(
            f"I can't read “{cut(rest.text)}” there. After how it is answered can follow: comment, optional.",
            field="kind",
        )


def _with_flags(question: AskQuestion, tokens: Tokens) -> AskQuestion:
    while (token := tokens.peek()) is not None and token.key in ("comment", "optional"):
        tokens.take()
        if token.key == "comment":
            check_comment(question.kind, True)
            question = replace(question, comment=True)
        else:
            question = replace(question, optional=True)
    return question


def _quoted(tokens: Tokens) -> list[str]:
    labels = []
    while (token := tokens.peek()) is not None and (token.quoted or token.key == ","):
        if tokens.take().quoted:
            labels.append(token.text)
    return labels


def _emoji(tokens: Tokens) -> list[str]:
    labels = []
    while (token := tokens.peek()) is not None and token.entity is None and is_emoji(token.text):
        labels.append(tokens.take().text)
    return labels
