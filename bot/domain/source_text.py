"""Text of what is asked of sources: a try, a token, a secret."""

from __future__ import annotations

from bot.domain.addresses import check_url
from bot.domain.entities import Line, LinkRef, tokenize
from bot.domain.first_words import refuse_more
from bot.domain.formatting import example_of
from bot.domain.names import parse_name
from bot.domain.options import Options, read_options
from bot.domain.references import read_criterion_name
from bot.domain.requests import (
    ListSecrets,
    MakeToken,
    RevokeTokens,
    TrySource,
)
from bot.domain.secret import parse_secret_name
from bot.errors import UserError


def read_try(line: Line, start: int) -> TrySource:
    """Read what follows `criteria try`.

    Raises:
        UserError: no address, or options that can't be read (field ``url`` or ``options``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        raise UserError(
            "Type the address to try.",
            field="url",
            example=example_of(TrySource("https://api.example.com/stats")),
        )
    first = tokens[0]
    url = check_url(first.entity.url if isinstance(first.entity, LinkRef) else first.text)
    options: Options = ()
    end = first.end
    if len(tokens) > 1 and tokens[1].key == "with":
        options, end = read_options(line, tokens[1].end)
        if not options:
            example = example_of(TrySource(url, (("method", "POST"),)))
            raise UserError("After with come options, as name=text.", field="options", example=example)
    refuse_more(line, end)
    return TrySource(url, options)


def read_token(line: Line, start: int) -> MakeToken | RevokeTokens:
    """Read what follows `criteria token`; `revoke` comes last, and a name that ends with it goes in quotes."""
    tokens = tokenize(line, start)
    if len(tokens) > 1 and tokens[-1].key == "revoke":
        # The word last: a name that ends with it goes in quotes.
        if tokens[0].quoted and len(tokens) == 2:
            return RevokeTokens(parse_name(tokens[0].text, what="criterion", field="name"))
        if not tokens[0].quoted:
            typed = line.show_inline(start, tokens[-1].start)
            return RevokeTokens(parse_name(typed, what="criterion", field="name"))
    return MakeToken(read_criterion_name(line, start))


def read_secret_name(line: Line, start: int) -> ListSecrets:
    """Read what follows `criteria secret`.

    Raises:
        UserError: it is no name; what was typed is not repeated, since it may be the secret (field ``text``).
    """
    tokens = tokenize(line, start)
    if not tokens:
        return ListSecrets()
    try:
        name = parse_secret_name(tokens[0].text)
    except UserError:
        name = ""
    if not name or len(tokens) > 1:
        raise UserError(
            "After secret comes one name or nothing; the secret itself is never typed in a command. Type "
            "`/criteria secret` and press [Add secret]. What you typed is not repeated here and not kept.",
            field="text",
            repeatable=False,
        )
    return ListSecrets(name)
