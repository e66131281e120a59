"""Secrets: what a source may send but nobody may see again, named in options as ``{{secret:GRAFANA}}``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from bot.domain.criterion import SourceSpec
from bot.domain.entities import clean, cut
from bot.errors import UserError

NAME_LIMIT = 40
VALUE_LIMIT = 3_000
HOSTS_LIMIT = 20

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_HOST = re.compile(r"\.?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_PLACE = re.compile(r"\{\{\s*secret\s*:\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}", re.IGNORECASE)
_MEANT_AS_PLACE = re.compile(r"\{\{\s*secret\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Secret:
    """What may be told of a secret; its value is not.

    Attributes:
        name: Upper case.
        hosts: Hosts and ``.suffixes`` it may be sent to.
        changed_by: Slack user id of who set it last; None for one the operator gives in the environment.
        changed_at: When, aware UTC; None as above.
    """

    name: str
    hosts: tuple[str, ...]
    changed_by: str | None
    changed_at: datetime | None


def parse_secret_name(text: str, *, field: str = "name") -> str:
    """Return a secret's name in upper case.

    Raises:
        UserError: empty, too long, or with other signs than letters, digits and ``_``.
    """
    name = clean(text).upper()
    if not _NAME.fullmatch(name) or len(name) > NAME_LIMIT:
        raise UserError(
            f"“{cut(clean(text), 20)}” is no name for a secret. Take at most {NAME_LIMIT} letters, digits and _, "
            "a letter first, like GRAFANA.",
            field=field,
        )
    return name


def parse_secret_value(text: str, *, field: str = "value") -> str:
    """Return a secret's value without blanks around it; no sentence repeats it.

    Raises:
        UserError: empty, too long, or with line ends or control characters, which no header can carry.
    """
    value = text.strip()
    if not value:
        raise UserError("Type or paste the secret itself.", field=field)
    if len(value) > VALUE_LIMIT:
        raise UserError(
            f"That secret has {len(value):,} characters; {VALUE_LIMIT:,} is the most.", field=field
        )
    if not value.isprintable():
        raise UserError("A secret can't have line ends or control characters in it.", field=field)
    return value


def parse_hosts(text: str | Iterable[str], *, field: str = "hosts") -> tuple[str, ...]:
    """Return the hosts a secret may be sent to, each once, in the order typed.

    Args:
        text: Host names, addresses and ``.suffixes`` with commas or blanks between, or one by one.
        field: Field to blame.

    Raises:
        UserError: none, too many, or one that is no host.
    """
    typed = re.split(r"[,\s]+", clean(text)) if isinstance(text, str) else [clean(one) for one in text]
    hosts = list(dict.fromkeys(_host(one, field) for one in typed if one))
    if not hosts:
        raise UserError(
            "Say which hosts it may be sent to, like grafana.example.com or .example.com.", field=field
        )
    if len(hosts) > HOSTS_LIMIT:
        raise UserError(
            f"{len(hosts)} hosts are too many for one secret; {HOSTS_LIMIT} are the most.", field=field
        )
    return tuple(hosts)


def secrets_named(text: str) -> tuple[str, ...]:
    """Return the names of the secrets a text asks for, upper case, each once.

    Raises:
        UserError: something in it is meant as a secret and names none.
    """
    if _MEANT_AS_PLACE.search(_PLACE.sub("", text)):
        raise UserError("A secret is named like {{secret:GRAFANA}}, in double braces.", field="source")
    return tuple(dict.fromkeys(place[1].upper() for place in _PLACE.finditer(text)))


def secrets_of(source: SourceSpec) -> tuple[str, ...]:
    """Return the names of the secrets a source's options ask for, sorted."""
    return tuple(sorted({place[1].upper() for _, text in source.options for place in _PLACE.finditer(text)}))


def refused_secret(source: SourceSpec, failure: str) -> str | None:
    """Return which of a source's secrets the sentence of a failed read is about, or None."""
    words = re.findall(r"\w+", failure)
    return next((name for name in secrets_of(source) if name in words), None)


def put_secrets(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its secrets in place; what a value holds is not read again."""
    return _PLACE.sub(lambda place: values[place[1].upper()], text)


def common_hosts(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts that two secrets may both be sent to, possibly none."""
    others = tuple(other)
    narrower = (_narrower(first, second) for first in one for second in others)
    return tuple(dict.fromkeys(host for host in narrower if host))


def _narrower(one: str, other: str) -> str:
    if one == other or (other.startswith(".") and one.endswith(other)):
        return one
    return other if one.startswith(".") and other.endswith(one) else ""


def _host(typed: str, field: str) -> str:
    try:
        return str(ip_address(typed.strip("[]")))
    except ValueError:
        pass
    host = typed.lower().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
    if not _HOST.fullmatch(host):
        raise UserError(
            f"“{cut(typed)}” is no host. Type it without https:// and path, like grafana.example.com, or "
            ".example.com for all hosts under it.",
            field=field,
        )
    return host
