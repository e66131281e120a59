"""Trying an address: fetched once, with nothing stored, to see which numbers it has."""

from __future__ import annotations

from dataclasses import dataclass

from bot.deps import Deps
from bot.domain.criterion import SourceKind, SourceSpec
from bot.domain.options import Options
from bot.domain.secret import refused_secret
from bot.errors import RefusedSecretError, SourceError, UserError
from bot.services.polling import make_context
from bot.sources.numbers_found import FoundNumber
from bot.sources.requesting import check_request_options, fetch_described
from bot.sources.shaping import SHAPE_OPTIONS, check_shape

SHOWN = 15
"""Numbers in one answer."""


@dataclass(frozen=True, slots=True)
class FoundNumbers:
    """The numbers at an address.

    Attributes:
        url: What was fetched.
        options: How it was asked for.
        numbers: The first ones, nearest to the root of the body first.
        more: How many more there are, as far as was looked.
    """

    url: str
    options: Options
    numbers: tuple[FoundNumber, ...]
    more: int


async def try_source(deps: Deps, url: str, options: Options = ()) -> FoundNumbers:
    """Fetch an address once, as a source with these options is read, and return the numbers in its JSON.

    Raises:
        UserError: field ``url`` or ``source``; it could not be fetched or is no JSON, with the cause, or an
            option is none.
        RefusedSecretError: field ``url``; a secret is the cause.
    """
    spec = SourceSpec(SourceKind.HTTP_JSON, url, options=options)
    check_request_options(spec, others=SHAPE_OPTIONS)
    check_shape(spec)
    try:
        fetched = await fetch_described(spec, make_context(deps), url=url)
        numbers = await deps.paths.find_numbers(fetched.body, host=fetched.host)
    except SourceError as error:
        if (secret := refused_secret(spec, str(error))) is not None:
            raise RefusedSecretError(
                f"{error}. Nothing was saved. A workspace admin can change the secret {secret}; then try again.",
                secret=secret,
                field="url",
            ) from error
        raise UserError(
            f"{error}. Nothing was saved; check the address and try again.", field="url"
        ) from error
    return FoundNumbers(
        url=url, options=options, numbers=tuple(numbers[:SHOWN]), more=max(0, len(numbers) - SHOWN)
    )
