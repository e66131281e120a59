"""Errors: every way a call to Slack can fail, as a DeliveryError.

Nothing here keeps or prints a request: it carries the token, and a response URL is a credential itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from bot.errors import DeliveryError
from bot.slack.refusals import LATER, REFUSALS

Effect = Literal["read", "repeatable", "once"]
"""What a call does: changes nothing, may be repeated freely, or must not be done twice."""

BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_attachments"})
"""Errors after which the same message may go out with its fallback blocks."""

RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
"""Two spellings of one answer; some message methods give it with HTTP 200."""


class RefusedError(DeliveryError):
    """Slack refused the call."""

    def __init__(
        self,
        message: str,
        *,
        error: str,
        permanent: bool,
        unclear: bool = False,
        details: Sequence[str] = (),
    ) -> None:
        """Keep also every line in which Slack said what is wrong (`details`), as Slack wrote it."""
        super().__init__(message, error=error, permanent=permanent, unclear=unclear)
        self.details = tuple(details)


_HALF_DONE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
# Their pages say that "some aspect of the operation" may have succeeded.

_CREDENTIAL = re.compile(r"\bx(?:ox[a-z]|oxe\.xox[a-z]|app)-[\w.-]+|https?://\S+")


def refused(
    method: str,
    code: str,
    *,
    effect: Effect,
    bot_name: str,
    details: Sequence[str] = (),
    needed: str = "",
) -> RefusedError:
    """Return the error for an answer in which Slack named what is wrong.

    Args:
        method: The method that was called, for a code without a sentence of its own.
        code: Slack's error code.
        effect: What the call does; decides whether a fault half-way leaves it unclear.
        bot_name: For ``/invite``, without ``@``.
        details: Slack's own messages, shown after the sentence; addresses and tokens in them are left out.
        needed: Scopes of a ``missing_scope``, separated by commas.
    """
    known = REFUSALS.get(code)
    if known is None:
        # Slack understood this very call and said no, so the same call gets the same answer.
        sentence, permanent = f"Slack refused {method}: {code}.", True
    else:
        scopes = " or ".join(f"`{scope.strip()}`" for scope in needed.split(",") if scope.strip())
        sentence = known.sentence.replace("{bot}", bot_name).replace("{needed}", scopes or "for that")
        permanent = known.permanent
    told = "; ".join(_CREDENTIAL.sub("…", detail)[:200] for detail in details[:3] if detail)
    return RefusedError(
        f"{sentence} Slack says: {told}" if told else sentence,
        error=code,
        permanent=permanent,
        unclear=code in _HALF_DONE and effect == "once",
        details=details,
    )


def failed(status: int, *, effect: Effect) -> DeliveryError:
    """Return the error for an answer that is not Slack's own (a bad gateway, a proxy's page).

    Args:
        status: HTTP status; 5xx and pages in place of JSON may pass, redirects and other 4xx do not.
        effect: What the call does; only one that must not be done twice is left unclear.
    """
    refuses = 300 <= status < 500 and status not in {408, 425}
    if refuses:
        sentence = f"Slack could not be reached (HTTP {status}): check SLACK_API_URL and the network."
    elif status < 300:
        sentence = f"What came back was not Slack's (HTTP {status}): check the network; {LATER}"
    else:
        sentence = f"Slack answered with a fault (HTTP {status}); {LATER}"
    return DeliveryError(
        sentence,
        error=f"http_{status}",
        permanent=refuses,
        unclear=effect == "once" and not refuses,
    )


def timed_out(*, effect: Effect) -> DeliveryError:
    """Return the error for a call that was sent and not answered in time."""
    return DeliveryError(
        f"Slack did not answer in time; {LATER}", error="timeout", permanent=False, unclear=effect != "read"
    )


def disconnected(*, effect: Effect, was_sent: bool) -> DeliveryError:
    """Return the error for a connection that broke, or (`was_sent` False) never came about."""
    return DeliveryError(
        f"The connection to Slack broke; {LATER}" if was_sent else f"Slack could not be reached; {LATER}",
        error="connection",
        permanent=False,
        unclear=was_sent and effect != "read",
    )
