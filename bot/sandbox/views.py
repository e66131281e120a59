"""views.*: opening, pushing, updating and publishing."""

from __future__ import annotations

from bot.sandbox.calls import ApiError, Call, Method
from bot.sandbox.modals import Modals
from bot.sandbox.model import JsonObject, View


class Views:
    """The views methods over what people have open."""

    def __init__(self, modals: Modals) -> None:
        """Work on these modals."""
        self.modals = modals

    def methods(self) -> tuple[Method, ...]:
        """Return this family's rows of the method table."""
        opening = ("trigger_id", "interactivity_pointer", "team_id")
        return (
            Method("views.open", "PJ", 4, self.open, (), ("view",), opening),
            Method("views.push", "PJ", 4, self.push, (), ("view",), opening),
            Method(
                "views.update",
                "PJ",
                4,
                self.update,
                (),
                ("view",),
                ("view_id", "external_id", "hash", "team_id"),
            ),
            Method("views.publish", "PJ", 4, self.publish, (), ("user_id", "view"), ("hash", "team_id")),
        )

    def open(self, call: Call) -> JsonObject:
        """Open a modal for whoever caused the trigger."""
        body = self._checked(call, "modal")
        trigger = self.modals.use_trigger(self._trigger_id(call))
        return self._answer(self.modals.open(trigger, body))

    def push(self, call: Call) -> JsonObject:
        """Put a modal on top of the one the trigger comes from."""
        body = self._checked(call, "modal")
        trigger = self.modals.use_trigger(self._trigger_id(call))
        if trigger.view is None or trigger.view.type != "modal":
            raise ApiError("invalid_trigger_id")
        if trigger.view.closed:
            raise ApiError("not_found")
        return self._answer(self.modals.push(trigger.user, body))

    def update(self, call: Call) -> JsonObject:
        """Change an open view; a hash that is not the current one is refused."""
        view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
        if not view_id and not external_id:
            raise ApiError("invalid_arguments", messages=["missing required field: view_id"])
        view = self.modals.find(view_id=view_id, external_id=external_id)
        body = self._checked(call, view.type)
        if call.args.text("hash") and call.args.text("hash") != view.hash:
            raise ApiError("hash_conflict")
        return self._answer(self.modals.replace(view, body))

    def publish(self, call: Call) -> JsonObject:
        """Show a Home view."""
        if not self.modals.team.installation.home_tab:
            raise ApiError("not_enabled")
        user = call.user("user_id")
        return self._answer(self.modals.publish(user, self._checked(call, "home"), call.args.text("hash")))

    def _checked(self, call: Call, surface: str) -> JsonObject:
        return self.modals.checked(call.args.structure("view", "invalid_arguments"), surface)

    def _trigger_id(self, call: Call) -> str:
        trigger_id = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
        if not trigger_id:
            raise ApiError("invalid_arguments", messages=["missing required field: trigger_id"])
        return trigger_id

    def _answer(self, view: View) -> JsonObject:
        return {"view": self.modals.payload(view)}
