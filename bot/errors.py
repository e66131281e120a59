"""Every error Loopmark raises on purpose.

    LoopmarkError
    ├── UserError        a person can mend it by typing something else
    ├── SourceError      a metric source gave no usable number
    ├── DeliveryError    Slack refused or did not clearly take a call
    └── ConfigError      the operator has to change a setting before the bot can start

A class's docstring is its default message. Deep code raises, the edges (handlers/errors.py, the
jobs' run functions, bot/cli.py) turn the error into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class LoopmarkError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        """Keep the message; without one the first line of the class docstring is used."""
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])

    def __str__(self) -> str:
        """Return the message, ready to show."""
        return str(self.args[0])


class UserError(LoopmarkError):
    """That can't be done as it was typed."""

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        example: str | None = None,
        repeatable: bool = True,
    ) -> None:
        """Keep one sentence for the person who typed.

        Args:
            message: What happened, why and the next step, plain text (not yet escaped for Slack).
            field: Name of the request field that is wrong (``target``, ``due``, ``url`` …), so that a
                form can show the sentence under the right input. None when no single field is to blame.
            example: A command that would have worked, made from what was typed, or None.
            repeatable: False when a secret may stand in what was typed, so that no answer repeats it.
        """
        super().__init__(message)
        self.field = field
        self.example = example
        self.repeatable = repeatable


class AmbiguousError(UserError):
    """More than one thing has that name."""

    def __init__(
        self, message: str, *, what: str, candidates: Sequence[tuple[int, str]], field: str | None = None
    ) -> None:
        """Keep what could be meant, so that the edge can offer private buttons.

        Args:
            message: One sentence for the person who typed.
            what: ``initiative``, ``criterion``, ``schedule`` or ``prompt`` (bot.domain.actor.Item).
            candidates: (row id, label to show on the button).
            field: Name of the request field, as in UserError.
        """
        super().__init__(message, field=field)
        self.what = what
        self.candidates = tuple(candidates)


class NotAllowedError(UserError):
    """Only the owner may do that."""

    def __init__(self, message: str, *, owner_id: str) -> None:
        """Keep who can do it (a Slack user id), for [Ask the owner]."""
        super().__init__(message)
        self.owner_id = owner_id


class RefusedSecretError(UserError):
    """A secret is missing or was refused, so the source can't be read."""

    def __init__(self, message: str, *, secret: str, field: str | None = None) -> None:
        """Keep the secret's name, for [Change secret]."""
        super().__init__(message, field=field)
        self.secret = secret


class UnknownPersonError(LoopmarkError):
    """The person's zone is not stored yet; the edge asks Slack for it and tries again."""

    def __init__(self, user_id: str) -> None:
        """Keep the Slack user id whose row is missing."""
        super().__init__()
        self.user_id = user_id


CAUSES = (
    "address_refused",
    "dns",
    "connect",
    "tls",
    "timeout",
    "redirect",
    "status",
    "too_large",
    "not_json",
    "path_missing",
    "not_a_number",
    "bad_request",
    "secret",
    "withheld",
)
"""Every ``SourceError.cause`` there is."""


class SourceError(LoopmarkError):
    """The source gave no usable number."""

    def __init__(
        self,
        message: str,
        *,
        cause: str,
        permanent: bool = False,
        host: str | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        """Keep the cause in a form that can be grouped.

        Args:
            message: One plain sentence naming host and cause, e.g. ``HTTP 401 from api.example.com``.
            cause: Short stable word (see ``CAUSES``).
            permanent: True when trying again unchanged cannot help (a refused address, a bad path syntax).
            host: Host that was asked, without credentials, or None when no request was made.
            retry_at: The source asked not to be asked before, aware UTC, or None.
        """
        super().__init__(message)
        self.cause = cause
        self.permanent = permanent
        self.host = host
        self.retry_at = retry_at


class DeliveryError(LoopmarkError):
    """Slack did not take the call."""

    def __init__(
        self,
        message: str,
        *,
        error: str,
        permanent: bool,
        unclear: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        """Keep what Slack said.

        Args:
            message: One plain sentence with the next step where there is one.
            error: Slack's error code (``is_archived``), or ``timeout``/``connection`` when none came.
            permanent: True when repeating the same call cannot succeed.
            unclear: True when the call may or may not have taken effect (timeout, dropped connection).
            retry_after_s: Seconds Slack asked to wait (HTTP 429), or None.
        """
        super().__init__(message)
        self.error = error
        self.permanent = permanent
        self.unclear = unclear
        self.retry_after_s = retry_after_s


class ConfigError(LoopmarkError):
    """A setting is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep one plain line per problem; the message is the readable list of them."""
        self.problems = tuple(problems)
        super().__init__("\n".join(["Loopmark can't start:", *(f"  - {line}" for line in self.problems)]))


LOST_TOKEN = frozenset({"token_revoked", "account_inactive", "invalid_auth", "not_authed", "token_expired"})
"""Slack's errors after which every call fails until the operator gives another token."""
