"""Submitting and closing modals, with the checks Slack's client makes by itself."""

from __future__ import annotations

from bot.sandbox import blockkit
from bot.sandbox.calls import ApiError
from bot.sandbox.model import JsonObject, User, View
from bot.sandbox.outcome import Submission
from bot.sandbox.server import Server

TROUBLE = "We had some trouble connecting. Try again?"


class Forms:
    """One person's way of sending modals off."""

    def __init__(self, server: Server, user: User) -> None:
        """Submit as this user."""
        self._server = server
        self._modals = server.modals
        self._journal = server.journal
        self._user = user

    async def submit(self, view: View) -> Submission:
        """Press submit and do what the answer says."""
        if "submit" not in view.body and not any(block["type"] == "input" for block in view.blocks):
            raise LookupError("the modal has no submit button")
        unfit = blockkit.check_inputs(view.body, view.values)
        if unfit:
            return self._refused(view, unfit, sent=False)
        payload = self._server.payloads.submission(view, self._response_urls(view))
        ack = await self._server.delivery.send("interactive", payload)
        if ack.error is not None:
            self._journal.fail(f'{self._user.name}: view_submission failed with the error "{ack.error}"')
            return self._stays(ack.error)
        if not ack.body:
            self._modals.close(view)
            return Submission({}, closed=True, view=self._modals.top(self._user))
        return self._follow(view, ack.body)

    def _follow(self, view: View, body: JsonObject) -> Submission:
        problems = blockkit.check_response_action(body, view.body)
        if problems:
            return self._fails(f"answer refused: {problems[0].text}")
        action = body["response_action"]
        if action == "errors":
            return self._refused(view, body["errors"], sent=True)
        if action == "clear":
            self._modals.close_all(self._user)
            return Submission({}, closed=True, view=None)
        try:
            if action == "update":
                self._modals.replace(view, body["view"])
            else:
                self._modals.push(self._user, body["view"])
        except ApiError as error:
            return self._fails(f"{action} refused: {error.code} {'; '.join(error.messages)}")
        return Submission({}, closed=False, view=self._modals.top(self._user))

    async def close(self, view: View) -> None:
        """Close a modal and tell the bot where the view asked for it."""
        stack = self._modals.stacks[self._user.id]
        cleared = bool(view.body.get("clear_on_close"))
        going = list(reversed(stack)) if cleared else [view]
        for one in going:
            payload = self._server.payloads.closed(one, cleared=cleared)
            self._modals.close(one)
            if not one.body.get("notify_on_close"):
                continue
            ack = await self._server.delivery.send("interactive", payload)
            if ack.body:
                self._journal.violate("view_closed: a body in the acknowledgement, which Slack ignores")

    def _refused(self, view: View, by_block: dict[str, str], *, sent: bool) -> Submission:
        labels = {
            block["block_id"]: block["label"]["text"] for block in view.blocks if block["type"] == "input"
        }
        return Submission(
            {labels.get(block_id, block_id): words for block_id, words in by_block.items()},
            closed=False,
            view=view,
            sent=sent,
            by_block=dict(by_block),
        )

    def _fails(self, why: str) -> Submission:
        self._journal.violate(f"view_submission: {why}")
        return self._stays(why)

    def _stays(self, why: str) -> Submission:
        return Submission({}, closed=False, view=self._modals.top(self._user), failed=f"{TROUBLE} ({why})")

    def _response_urls(self, view: View) -> list[JsonObject]:
        urls: list[JsonObject] = []
        for block in view.blocks:
            element = block.get("element") or {}
            if block["type"] != "input" or not element.get("response_url_enabled"):
                continue
            state = view.values.get(block["block_id"], {}).get(element["action_id"], {})
            chosen = state.get("selected_conversation") or state.get("selected_channel")
            channel = self._server.team.channels.get(str(chosen))
            if channel is not None:
                url = self._server.responses.new_url("actions", self._user, channel)
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel.id,
                        "response_url": self._server.responses.address(url),
                    }
                )
        return urls
