"""Text of which criteria are listed."""

from __future__ import annotations

from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.entities import Line, UserRef, cut, tokenize
from bot.domain.first_words import refuse_more
from bot.domain.formatting import example_of
from bot.domain.references import CHOOSE_PERSON
from bot.domain.requests import (
    ListCriteria,
    Scope,
)
from bot.errors import UserError


def read_list(line: Line, start: int) -> ListCriteria:
    """Read what follows `criteria list`.

    Raises:
        UserError: it is none of the lists there are (field ``owner`` or ``text``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        return ListCriteria()
    first = tokens[0]
    if first.key == "for":
        clauses = ClauseReader(line, start, {"for"}).read_all()
        if clauses.word:
            return ListCriteria(Scope(clauses.word))
        return ListCriteria(Scope.INITIATIVE, initiative=one_initiative(clauses))
    if isinstance(first.entity, UserRef):
        refuse_more(line, first.end)
        return ListCriteria(Scope.PERSON, person=first.entity)
    if first.key.startswith("@"):
        raise UserError(f"“{cut(first.text)}” is not a person Slack knows. {CHOOSE_PERSON}.", field="owner")
    if first.key in (Scope.MINE, Scope.BEHIND, Scope.ALL):
        refuse_more(line, first.end)
        return ListCriteria(Scope(first.key))
    name = tokens[0].text if first.quoted else line.show_inline(start)
    raise UserError(
        f"I can't list “{cut(name)}”. Type list, list mine, list behind, list all or list for NAME.",
        field="text",
        example=example_of(ListCriteria(Scope.INITIATIVE, initiative=name)),
    )
