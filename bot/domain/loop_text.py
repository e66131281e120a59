"""What follows `/loop`, where it is about ships and decisions."""

from __future__ import annotations

from bot.domain.clauses import ClauseReader, one_initiative
from bot.domain.entities import Line, tokenize
from bot.domain.keywords import opens_clause
from bot.domain.names import parse_name
from bot.domain.references import refuse_open_quote
from bot.domain.requests import MakeShipToken, RevokeShipTokens, ShipChange

_FOR = frozenset({"for"})


def read_ship(line: Line, start: int) -> ShipChange:
    """Return what was shipped and for which initiative: quoted text, or everything before `for`.

    Raises:
        UserError: no name (field ``name``), or what follows can't be read.
    """
    tokens = tokenize(line, start)
    if tokens[0].quoted:
        typed, end = tokens[0].text, tokens[0].end
    else:
        refuse_open_quote(tokens[0].text, "name")
        end = next(
            (token.start for at, token in enumerate(tokens) if opens_clause(tokens, at, _FOR)),
            len(line.text),
        )
        typed = line.show_inline(start, end)
    clauses = ClauseReader(line, end, _FOR).read_all()
    return ShipChange(parse_name(typed, what="ship"), one_initiative(clauses))


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
