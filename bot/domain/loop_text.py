"""What follows `/loop`, where it is about ships and decisions."""

from __future__ import annotations

from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.decision import DecisionKind, parse_decision_reason
from bot.domain.entities import Line, cut, tokenize
from bot.domain.keywords import opens_clause
from bot.domain.names import parse_name
from bot.domain.references import refuse_open_quote
from bot.domain.requests import (
    Decide,
    MakeShipToken,
    RevokeShipTokens,
    ShipChange,
    ShowLoopTime,
    StartIteration,
)
from bot.errors import UserError

_FOR = frozenset({"for"})
_BY_FOR = frozenset({"by", "for"})
_ITERATE = '/loop iterate "Cut the address step" by 12 Dec'


def read_ship(line: Line, start: int) -> ShipChange:
    """Return what was shipped and for which initiative: quoted text, or everything before `for`.

    After quoted text `reactions` has reactions count; elsewhere it is a word of the name.

    Raises:
        UserError: no name (field ``name``), or what follows can't be read.
    """
    typed, end = _name_before(line, start, _FOR)
    reader, reactions = ClauseReader(line, end, _FOR), False
    while (token := reader.peek()) is not None:
        if token.key == "reactions":
            reader.take()
            reactions = True
        else:
            reader.read_clause()
    return ShipChange(parse_name(typed, what="ship"), one_initiative(reader.found), reactions)


def read_ship_token(line: Line, start: int) -> MakeShipToken | RevokeShipTokens:
    """Return whether a token is made or all are revoked, and for which initiative.

    Raises:
        UserError: what follows can't be read.
    """
    tokens = tokenize(line, start)
    revokes = bool(tokens) and tokens[0].key == "revoke"
    clauses = ClauseReader(line, tokens[0].end if revokes else start, _FOR).read_all()
    initiative = one_initiative(clauses)
    return RevokeShipTokens(initiative) if revokes else MakeShipToken(initiative)


def read_loop_time(line: Line, start: int) -> ShowLoopTime:
    """Return whose loop time is asked for.

    Raises:
        UserError: what follows can't be read.
    """
    return ShowLoopTime(one_initiative(ClauseReader(line, start, _FOR).read_all()))


def read_decision(line: Line, start: int) -> Decide:
    """Return what is decided, on which initiative and why; the reason is the rest of the line after `because`.

    Raises:
        UserError: none of the three words, or what follows can't be read.
    """
    tokens = tokenize(line, start)
    if tokens[0].key not in tuple(DecisionKind):
        raise UserError(
            f"“{cut(tokens[0].text)}” is no decision. Type keep, change or stop.",
            field="kind",
            example="/loop decide keep because signups doubled",
        )
    because = next((token for token in tokens[1:] if token.key == "because"), None)
    end, reason = len(line.text), ""
    if because is not None:
        end = because.start
        rest = tokenize(line, because.end)
        one_quote = len(rest) == 1 and rest[0].quoted
        reason = parse_decision_reason(rest[0].text if one_quote else line.show_inline(because.end))
        if not reason:
            raise UserError("After because comes the reason, in one sentence.", field="reason")
    head = Line(line.text[:end], line.entities)
    clauses = ClauseReader(head, tokens[0].end, _FOR).read_all()
    return Decide(DecisionKind(tokens[0].key), one_initiative(clauses), reason)


def read_iteration(line: Line, start: int) -> StartIteration:
    """Return an iteration's goal, its last day, and for which initiative it is.

    Raises:
        UserError: no goal (field ``goal``), no day (field ``due``), or what follows can't be read.
    """
    if not tokenize(line, start):
        raise UserError("Say what the iteration is for, and until when.", field="goal", example=_ITERATE)
    typed, end = _name_before(line, start, _BY_FOR)
    clauses = ClauseReader(line, end, _BY_FOR).read_all()
    goal = parse_name(typed, what="iteration", field="goal")
    if clauses.due is None:
        raise UserError("An iteration needs its last day.", field="due", example=_ITERATE)
    return StartIteration(goal, clauses.due, one_initiative(clauses))


def _name_before(line: Line, start: int, keywords: frozenset[str]) -> tuple[str, int]:
    """Return quoted text or everything before the first clause, and where the clauses begin."""
    tokens = tokenize(line, start)
    if tokens[0].quoted:
        return tokens[0].text, tokens[0].end
    refuse_open_quote(tokens[0].text, "name")
    end = next(
        (token.start for at, token in enumerate(tokens) if opens_clause(tokens, at, keywords)),
        len(line.text),
    )
    return line.show_inline(start, end), end
