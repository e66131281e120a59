"""Secrets: set by admins or by the operator, filled in when a source is read, never shown again."""

from __future__ import annotations

import json

from sqlmodel import Session

from bot.db.models import SecretRow
from bot.db.polls import retry_reads_with
from bot.db.secrets import delete_secret, find_secrets, reseal_rows, save_secret, stored_secrets
from bot.deps import Database, Deps
from bot.domain.actor import Actor
from bot.domain.secret import Secret, common_hosts, put_secrets, secrets_named, secrets_of
from bot.errors import ConfigError, SourceError, UserError
from bot.seal import Seal
from bot.services.people import known_person
from bot.sources.protocol import Filled


class StoredSecrets:
    """Fills secrets into the texts of a source: the operator's first, then those of the workspace."""

    def __init__(self, deps: Deps) -> None:
        """Read nothing yet; a text without secrets costs no query."""
        self._deps = deps

    async def fill(self, text: str) -> Filled:
        """Return a text with its secrets in place, and the hosts it may be sent to.

        Raises:
            SourceError: cause ``secret``; there is none of that name, it can't be unsealed, or the secrets in
                the text have no host in common. The sentence names the secret.
        """
        try:
            names = secrets_named(text)
        except UserError as error:
            raise SourceError(str(error).rstrip("."), cause="secret") from None
        if not names:
            return Filled(text, frozenset(), None)
        given = {secret.name: secret for secret in self._deps.settings.given_secrets}
        asked = [name for name in names if name not in given]
        rows: list[SecretRow] = []
        if asked:
            rows = await self._deps.database.read(find_secrets, self._deps.team_id, asked)
        stored = {row.name: row for row in rows}
        values: dict[str, str] = {}
        hosts: tuple[str, ...] | None = None
        for name in names:
            if name in given:
                values[name], bound_to = given[name].value.get_secret_value(), given[name].hosts
            elif name in stored:
                values[name], bound_to = self._unseal(stored[name])
            else:
                raise SourceError(
                    f"there is no secret called {name}; a workspace admin can add it: /criteria secret {name}",
                    cause="secret",
                )
            hosts = bound_to if hosts is None else common_hosts(hosts, bound_to)
        if not hosts:
            raise SourceError(f"the secrets {' and '.join(names)} have no host in common", cause="secret")
        return Filled(put_secrets(text, values), frozenset(names), hosts)

    def _unseal(self, row: SecretRow) -> tuple[str, tuple[str, ...]]:
        try:
            sealed = json.loads(self._deps.seal.unseal(row.sealed))
            if sealed["name"] != row.name:
                raise ConfigError([f"the row of the secret {row.name} holds another one"])
            return str(sealed["value"]), tuple(sealed["hosts"])
        except ConfigError:
            raise SourceError(
                f"the secret {row.name} was stored under another LOOPMARK_SECRET_KEY and can't be read; "
                f"a workspace admin can set it again: /criteria secret {row.name}",
                cause="secret",
            ) from None


def list_secrets(session: Session, actor: Actor, deps: Deps) -> list[Secret]:
    """Return what an admin may see of all secrets, by name; never a value.

    Raises:
        UserError: the person is no admin.
        UnknownPersonError: Slack was never asked about the person.
    """
    require_admin(session, actor)
    given = [Secret(one.name, one.hosts, None, None) for one in deps.settings.given_secrets]
    hidden = {secret.name for secret in given}
    stored = [secret for secret in stored_secrets(session, actor.team_id) if secret.name not in hidden]
    return sorted([*given, *stored], key=lambda secret: secret.name)


def set_secret(
    session: Session, actor: Actor, deps: Deps, *, name: str, value: str, hosts: tuple[str, ...]
) -> Secret:
    """Store a secret over what had its name; criteria that fail and send it are read again at once.

    Raises:
        UserError: the person is no admin, or the operator gives the one of that name.
    """
    _refuse_given(session, actor, deps, name)
    now = deps.now()
    # Name and hosts are sealed with it: who can write to the database alone can't have it sent elsewhere.
    sealed = deps.seal.seal(json.dumps({"name": name, "hosts": hosts, "value": value}).encode())
    save_secret(session, actor.team_id, name, sealed=sealed, hosts=hosts, changed_by=actor.user_id, now=now)
    retry_reads_with(session, actor.team_id, lambda source: name in secrets_of(source), now)
    return Secret(name, hosts, actor.user_id, now)


def remove_secret(session: Session, actor: Actor, deps: Deps, name: str) -> None:
    """Delete a secret; whatever source names it fails from now on, and says so.

    Raises:
        UserError: the person is no admin, there is no such secret, or the operator gives it.
    """
    _refuse_given(session, actor, deps, name)
    if not delete_secret(session, actor.team_id, name):
        raise UserError(f"There is no secret called {name} any more.", field="name")


def require_admin(session: Session, actor: Actor) -> None:
    """Do nothing when a person is a workspace admin.

    Raises:
        UserError: they are not.
        UnknownPersonError: Slack was never asked about the person.
    """
    if not known_person(session, actor).is_admin:
        raise UserError(
            "Only workspace admins can see and set secrets. Ask one of them to type `/criteria secret`."
        )


async def reseal(database: Database, seal: Seal) -> int:
    """Put everything sealed under an older key under the newest one; return how many rows that were."""

    def again(sealed: bytes) -> bytes | None:
        try:
            return None if seal.is_newest(sealed) else seal.seal(seal.unseal(sealed))
        except ConfigError:
            return None  # under a key nobody gave: its reader says so

    return await database.write(reseal_rows, again)


def _refuse_given(session: Session, actor: Actor, deps: Deps, name: str) -> None:
    require_admin(session, actor)
    if any(secret.name == name for secret in deps.settings.given_secrets):
        raise UserError(
            f"{name} is given by whoever runs Loopmark, in LOOPMARK_SECRETS, and is changed there.",
            field="name",
        )
