"""The source `manual`: values people set with `/criteria set`."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.criterion import SourceKind, SourceSpec
from bot.errors import SourceError, UserError
from bot.sources.protocol import Observed, SourceContext, SourceRequest


class Manual:
    """Reads nothing; the readings come from people."""

    kind = SourceKind.MANUAL
    readable_by_schedule = False
    default_every = timedelta(days=7)
    default_readings_needed = 1

    def check(self, spec: SourceSpec) -> None:
        """Do nothing when the spec has neither address nor path nor options.

        Raises:
            UserError: field ``url``, ``path`` or ``source``.
        """
        if spec.options:
            raise UserError(
                "people set the values of a manual source, so it takes no options; leave them out",
                field="source",
            )
        for field, given in (("url", spec.url), ("path", spec.path)):
            if given:
                raise UserError(
                    "people set the values of a manual source, so it has no address and no path; "
                    "leave them out, or choose the source http_json",
                    field=field,
                )

    async def read(self, request: SourceRequest, ctx: SourceContext) -> Observed:  # noqa: ARG002  # the protocol's signature
        """Refuse: there is nowhere to read from.

        Raises:
            SourceError: Always, permanent.
        """
        raise SourceError(
            "people set this value with /criteria set NAME VALUE; there is nowhere to read it from",
            cause="bad_request",
            permanent=True,
        )
