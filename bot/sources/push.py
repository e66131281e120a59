"""The source `push`: values that programs send to Loopmark."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.protocol import Observed, SourceContext, SourceRequest


class Push:
    """Reads nothing; the readings come through the web app, with a token (bot/web/api.py)."""

    kind = SourceKind.PUSH
    readable_by_schedule = False
    default_every = timedelta(days=7)
    default_readings_needed = 1

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when the spec has neither address nor path nor options.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        for field, given in (("url", spec.url), ("path", spec.path), ("source", spec.options)):
            if given:
                raise UserError(
                    "programs send the values of a push source, so it has no address, no path and no options; "
                    "leave them out, or choose the source http_json",
                    field=field,
                )

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:  # noqa: ARG002  # the protocol's signature
        """Refuse: there is nowhere to read from.

        Raises:
            SourceError: Always, permanent.
        """
        raise SourceError(
            "a program sends this value with a token from /criteria token NAME; there is nowhere to read it from",
            cause="bad_request",
            permanent=True,
        )
