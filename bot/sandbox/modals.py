"""Modals and Home: triggers, the stack of open views, hashes."""

from __future__ import annotations

import secrets
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox import blockkit
from bot.sandbox.calls import ApiError
from bot.sandbox.journal import Change, ChangeKind
from bot.sandbox.model import JsonObject, User, View
from bot.sandbox.state import Team, with_generated_ids

TRIGGER_LIFE = timedelta(seconds=3)
DEEPEST_STACK = 3
KEPT_TRIGGERS = 5_000

SETTABLE = (
    "type",
    "title",
    "blocks",
    "close",
    "submit",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
)


@dataclass(slots=True)
class Trigger:
    """The right to open one view within three seconds; ``view`` is the modal it was born in."""

    id: str
    user: User
    born: datetime
    view: View | None
    used: bool = False


class Modals:
    """What views each person has open."""

    def __init__(self, team: Team) -> None:
        """Start with none."""
        self.team = team
        self.stacks: dict[str, list[View]] = defaultdict(list)
        self.homes: dict[str, View] = {}
        self.trigger_life = TRIGGER_LIFE
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()

    # ── triggers ───────────────────────────────────────────────────────────────────────────────

    def new_trigger(self, user: User, view: View | None = None) -> str:
        """Return a trigger_id that opens one view."""
        number = self.team.rng.randrange(10**12)
        trigger = Trigger(f"{number}.{number // 7}.{secrets.token_hex(16)}", user, self.team.now(), view)
        self._triggers[trigger.id] = trigger
        while len(self._triggers) > KEPT_TRIGGERS:
            self._triggers.popitem(last=False)
        return trigger.id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Use the trigger up.

        Raises:
            ApiError: unknown, older than three seconds, or used before.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self.team.now() - trigger.born > self.trigger_life:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    # ── the stack ──────────────────────────────────────────────────────────────────────────────

    def top(self, user: User) -> View | None:
        """Return the view in front, or None."""
        stack = self.stacks[user.id]
        return stack[-1] if stack else None

    def open(self, trigger: Trigger, body: JsonObject) -> View:
        """Show a first view; a trigger from inside a modal puts it on top of that one."""
        if trigger.view is not None and not trigger.view.closed and trigger.view.type == "modal":
            self.team.journal.violate("views.open from inside a modal: use views.push or views.update")
            return self.push(trigger.user, body)
        self.close_all(trigger.user)
        return self._add(trigger.user, body, previous=None)

    def push(self, user: User, body: JsonObject) -> View:
        """Put a view on top of the stack, three at most."""
        stack = self.stacks[user.id]
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= DEEPEST_STACK:
            raise ApiError("push_limit_reached")
        return self._add(user, body, previous=stack[-1])

    def replace(self, view: View, body: JsonObject) -> View:
        """Change an open view; typed values stay where block_id, action_id and type are the same."""
        body = self.checked(body, view.type)
        self._check_external_id(body, view)
        view.body = body
        view.external_id = str(body.get("external_id") or "")
        view.values = _kept_values(blockkit.initial_state(body), view.values)
        view.hash = self._new_hash()
        kind: ChangeKind = "view" if view.type == "modal" else "home"
        self.team.journal.changed(Change(kind, view=view, user_id=view.user.id))
        return view

    def publish(self, user: User, body: JsonObject, expected_hash: str) -> View:
        """Show a Home view to a person."""
        home = self.homes.get(user.id)
        if home is not None:
            if expected_hash and expected_hash != home.hash:
                raise ApiError("hash_conflict")
            return self.replace(home, body)
        if expected_hash:
            raise ApiError("hash_conflict")
        body = self.checked(body, "home")
        self._check_external_id(body, None)
        view_id = self.team.new_id("V")
        home = View(
            view_id,
            user,
            body,
            self._new_hash(),
            view_id,
            None,
            blockkit.initial_state(body),
            str(body.get("external_id") or ""),
        )
        self.homes[user.id] = home
        self.team.journal.changed(Change("home", view=home, user_id=user.id))
        return home

    def close(self, view: View) -> None:
        """Take one view off its stack."""
        view.closed = True
        stack = self.stacks[view.user.id]
        if view in stack:
            stack.remove(view)
        self.team.journal.changed(Change("view", user_id=view.user.id))

    def close_all(self, user: User) -> None:
        """Take the whole stack away."""
        for view in list(self.stacks[user.id]):
            self.close(view)

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """Return the open (or Home) view with this id or external id.

        Raises:
            ApiError: there is none, or it was closed.
        """
        for view in self._all():
            if (view_id and view.id == view_id) or (
                not view_id and external_id and view.external_id == external_id
            ):
                return view
        raise ApiError("not_found")

    def checked(self, body: Any, surface: str) -> JsonObject:
        """Return a view's body with every id filled in.

        Raises:
            ApiError: Slack would refuse the view.
        """
        if not isinstance(body, Mapping):
            raise ApiError("invalid_arguments", messages=["must provide an object [json-pointer:/view]"])
        view = dict(body)
        if view.get("type") != surface:
            raise ApiError(
                "invalid_arguments", messages=["must be a valid enum value [json-pointer:/view/type]"]
            )
        problems = blockkit.check_view(view)
        if problems:
            raise ApiError(blockkit.view_error(problems), messages=[problem.text for problem in problems])
        return {key: view[key] for key in SETTABLE if key in view} | {
            "blocks": with_generated_ids(view["blocks"])
        }

    def payload(self, view: View) -> JsonObject:
        """Return a view as Slack writes it in answers and payloads."""
        body = view.body
        return {
            "id": view.id,
            "team_id": self.team.id,
            "type": view.type,
            "blocks": view.blocks,
            "private_metadata": view.private_metadata,
            "callback_id": view.callback_id,
            "external_id": view.external_id,
            "state": {"values": view.values},
            "hash": view.hash,
            "title": body.get("title"),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "clear_on_close": bool(body.get("clear_on_close")),
            "notify_on_close": bool(body.get("notify_on_close")),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self.team.installation.app_id,
            "app_installed_team_id": self.team.id,
            "bot_id": self.team.bot_id,
        }

    def _add(self, user: User, body: JsonObject, previous: View | None) -> View:
        body = self.checked(body, "modal")
        self._check_external_id(body, None)
        view_id = self.team.new_id("V")
        view = View(
            view_id,
            user,
            body,
            self._new_hash(),
            previous.root_id if previous else view_id,
            previous.id if previous else None,
            blockkit.initial_state(body),
            str(body.get("external_id") or ""),
        )
        self.stacks[user.id].append(view)
        self.team.journal.changed(Change("view", view=view, user_id=user.id))
        return view

    def _all(self) -> list[View]:
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())

    def _check_external_id(self, body: JsonObject, own: View | None) -> None:
        wanted = body.get("external_id")
        if wanted and any(view.external_id == wanted and view is not own for view in self._all()):
            raise ApiError("duplicate_external_id")

    def _new_hash(self) -> str:
        return f"{self.team.epoch_s()}.{secrets.token_urlsafe(6)}"


def _kept_values(
    fresh: dict[str, dict[str, JsonObject]], typed: dict[str, dict[str, JsonObject]]
) -> dict[str, dict[str, JsonObject]]:
    """Return the new view's values with what was typed into inputs that are still the same."""
    return {
        block_id: {
            action_id: typed[block_id][action_id]
            if typed.get(block_id, {}).get(action_id, {}).get("type") == value.get("type")
            else value
            for action_id, value in actions.items()
        }
        for block_id, actions in fresh.items()
    }
