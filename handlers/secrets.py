"""`/criteria secret`: listed, set in a form, removed; for workspace admins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from bot.blocks.secrets import TITLE, secret_form, secret_saved, secrets_list
from bot.blocks.views import sorry_view
from bot.domain.actor import Person
from bot.domain.message import Message, View
from bot.domain.requests import ListSecrets
from bot.domain.secret import Secret, parse_hosts, parse_secret_name, parse_secret_value
from bot.errors import UserError
from bot.services.people import known_person
from bot.services.secrets import list_secrets, remove_secret, set_secret
from handlers.context import Click, FieldErrors, Form, Incoming, Redrawn, ShowView
from handlers.forms import open_form

T = TypeVar("T")


async def show(request: ListSecrets, at: Incoming) -> Message:
    """List the secrets, or one; never a value."""

    def load(session: Session) -> tuple[list[Secret], Person]:
        return list_secrets(session, at.actor, at.deps), known_person(session, at.actor)

    secrets, person = await at.deps.database.read(load)
    if request.name is not None:
        secrets = [secret for secret in secrets if secret.name == request.name]
    return secrets_list(secrets, asked=request.name, now=at.deps.now(), zone=person.zone)


async def press_set(click: Click, at: Incoming) -> None:
    """Open the form for a new secret, or for the value of one there is."""

    async def build() -> View:
        secrets = await at.deps.database.read(list_secrets, at.actor, at.deps)
        known = next((secret for secret in secrets if secret.name == click.value), None)
        return secret_form(click.value, known.hosts if known else (), exists=known is not None)

    if click.view_id is None:
        await open_form(at, TITLE, build)
        return
    assert at.trigger_id is not None
    try:
        view = await build()
    except UserError as error:
        view = sorry_view(TITLE, str(error))
    await at.deps.slack.push_view(at.trigger_id, view)  # the form it was pressed in stays beneath


async def submit(form: Form, at: Incoming) -> ShowView | FieldErrors:
    """Store a secret."""
    errors: dict[str, str] = {}

    def read(field: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(form.values.get(field, ""))
        except UserError as error:
            errors[field] = str(error)
            return None

    name, value = read("name", parse_secret_name), read("value", parse_secret_value)
    hosts = read("hosts", parse_hosts)
    if name is None or value is None or hosts is None:
        return FieldErrors(errors)
    store = partial(set_secret, name=name, value=value, hosts=hosts)
    saved = await at.deps.database.write(store, at.actor, at.deps)
    at.deps.wake.set()  # what failed for want of it is due
    return ShowView(secret_saved(saved))


async def press_remove(click: Click, at: Incoming) -> Redrawn:
    """Remove a secret and show those that are left."""
    await at.deps.database.write(remove_secret, at.actor, at.deps, click.value)
    return Redrawn(await show(ListSecrets(), at))
