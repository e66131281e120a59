"""Prompts as one line: `"How clear is it?" choice "Very" "Not at all" anonymous closes after 5 answers`."""

from __future__ import annotations

from bot.domain.asked import check_remind
from bot.domain.audience import Reach, Shown, check_named, check_shown
from bot.domain.clauses import ClauseReader
from bot.domain.entities import DOUBLE_QUOTES, Line, UserRef, clean, cut, tokenize
from bot.domain.formatting import example_of
from bot.domain.prompt import PromptKind
from bot.domain.question_text import (
    KINDS,
    check_comment,
    check_form,
    check_open_options,
    parse_question,
    read_kind,
    read_question,
    refuse_mistyped_kind,
)
from bot.domain.reactions import check_reactions
from bot.domain.references import CHOOSE_PERSON
from bot.domain.requests import DEFAULT_FLOOR, LOWEST_FLOOR, AskPrompt, AskQuestion
from bot.domain.series import check_rhythm
from bot.errors import UserError

HIGHEST_FLOOR = 1_000

_KEYWORDS = frozenset({"in", "closes", "every", "cron"})


def read_prompt(line: Line, start: int) -> AskPrompt:
    """Return the prompt that a line describes from its quoted question on.

    Raises:
        UserError: a part is missing or can't be read.
    """
    first = tokenize(line, start)[0]
    if not first.quoted:
        shown = cut(line.show_inline(start).strip(DOUBLE_QUOTES).strip())
        raise UserError(f"The quote before “{shown}” is never closed.", field="question")
    question = parse_question(first.text)
    reader = ClauseReader(line, first.end, _KEYWORDS)
    kind: PromptKind | None = None
    options: tuple[str, ...] = ()
    questions: list[AskQuestion] = []
    anonymous = comment = False
    floor: int | None = None
    to: tuple[UserRef, ...] | None = None
    results: Shown | None = None
    open_options = remind = reactions = False
    while (token := reader.peek()) is not None:
        if token.key in KINDS:
            if kind is not None:
                raise UserError(f"“{kind}” and “{token.text}” can't go together. Keep one.", field="kind")
            kind, options = read_kind(reader)
        elif token.key == "question":
            reader.take()
            questions.append(read_question(reader))
        elif token.key == "comment":
            reader.take()
            comment = True
        elif token.key == "anonymous":
            reader.take()
            anonymous = True
        elif token.key == "floor":
            reader.take()
            follows = reader.peek()
            floor = parse_floor("" if follows is None else reader.take().text)
        elif token.key == "to":
            _refuse_twice(token.text, to is not None, field="to")
            reader.take()
            to = _people(reader)
        elif token.key == "results":
            _refuse_twice(token.text, results is not None, field="results")
            reader.take()
            results = _shown(reader)
        elif token.key == "remind":
            reader.take()
            remind = True
        elif token.key == "reactions":
            reader.take()
            reactions = True
        elif token.key == "open":
            reader.take()
            follows = reader.peek()
            if follows is None or follows.key != "options":
                raise UserError("Type open options to let people add answers.", field="open_options")
            reader.take()
            open_options = True
        elif token.quoted:
            raise UserError(
                "Quoted answers come after the word choice or several, and another question after the word question.",
                field="options",
            )
        else:
            if kind is None and not reader.at_clause():
                refuse_mistyped_kind(token)
            reader.read_clause()
    if floor is not None and not anonymous:
        raise UserError("A floor is for anonymous prompts. Add anonymous, or leave it out.", field="floor")
    floor = DEFAULT_FLOOR if floor is None else floor
    close_after = reader.found.close_after
    if anonymous:
        check_close_after(close_after, floor)
    if reader.found.every is not None:
        check_rhythm(reader.found.every)
    check_shown(results, anonymous=anonymous)
    check_named([person.id for person in to or ()], anonymous=anonymous, floor=floor)
    kind = check_form(questions, kind=kind, comment=comment)
    if kind is None:
        raise UserError(
            "Say how it is answered: scale (1 to 5), score or enps (0 to 10), thumbs, emoji, number, date, text, "
            'choice "A" "B", several "A" "B", or question and each question of a form.',
            field="kind",
            example=example_of(AskPrompt(question, PromptKind.SCALE)),
        )
    check_comment(kind, comment)
    check_open_options(kind, open_options)
    check_remind(remind, reader.found.closes_in)
    check_reactions(reactions, kind, results, anonymous=anonymous)
    return AskPrompt(
        question=question,
        kind=kind,
        options=options,
        anonymous=anonymous,
        floor=floor,
        channel=reader.found.channel,
        closes_in=reader.found.closes_in,
        close_after=close_after,
        every=reader.found.every,
        reach=Reach.CHANNEL if to is None else Reach.NAMED if to else Reach.EVERYONE,
        people=to or (),
        results=results,
        open_options=open_options,
        remind=remind,
        comment=comment,
        questions=tuple(questions),
        reactions=reactions,
    )


def parse_floor(text: str, *, field: str = "floor") -> int:
    """Return the fewest responses whose results are shown.

    Raises:
        UserError: no whole number from 3 to 1,000.
    """
    typed = clean(text)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6) or not (
        LOWEST_FLOOR <= int(typed) <= HIGHEST_FLOOR
    ):
        raise UserError(
            f"“{cut(typed)}” can't be a floor. Type a whole number from {LOWEST_FLOOR} to {HIGHEST_FLOOR:,}.",
            field=field,
        )
    return int(typed)


def check_close_after(close_after: int | None, floor: int, *, field: str = "close_after") -> None:
    """Let an anonymous prompt close only after so many answers that its results can be shown.

    Raises:
        UserError: it would close under its floor, and its results would stay hidden for good.
    """
    if close_after is not None and close_after < floor:
        raise UserError(
            f"An anonymous prompt shows its results from {floor} answers up, so it can't close after "
            f"{close_after}: they would stay hidden for good. Type closes after {floor} answers or more, "
            f"or a lower floor ({LOWEST_FLOOR} at least).",
            field=field,
        )


def _refuse_twice(word: str, is_there: bool, *, field: str) -> None:
    if is_there:
        raise UserError(f"“{word}” stands there twice. Keep one of them.", field=field)


def _people(reader: ClauseReader) -> tuple[UserRef, ...]:
    """Return whom `to` names, each once; nobody for `everyone`."""
    named: dict[str, UserRef] = {}
    token = reader.peek()
    if token is not None and token.key == "everyone":
        reader.take()
        return ()
    while token is not None and (isinstance(token.entity, UserRef) or (named and token.key == ",")):
        reader.take()
        if isinstance(token.entity, UserRef):
            named.setdefault(token.entity.id, token.entity)
        token = reader.peek()
    if not named or (token is not None and token.text.startswith("@")):
        raise UserError(
            f"Say who may answer: to everyone, or to and the people. {CHOOSE_PERSON}.", field="to"
        )
    return tuple(named.values())


def _shown(reader: ClauseReader) -> Shown:
    token = reader.peek()
    if token is None or token.key not in tuple(Shown):
        raise UserError(
            "Say when results are seen: results live, results hidden (until it closes) or results shared "
            "(hidden, then posted).",
            field="results",
        )
    return Shown(reader.take().key)
