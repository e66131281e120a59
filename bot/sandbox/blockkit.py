"""Slack's rules for what messages and views may look like, in one place for whoever enforces them.

Everything here is pure: payloads in, problems out. The facts come from Slack's Block Kit pages and, where
those disagree or say nothing, the stricter reading is kept, so that what passes here passes on Slack.
"""

from __future__ import annotations

from bot.sandbox.rules.blocklist import check_blocks
from bot.sandbox.rules.inputs import check_inputs, initial_state
from bot.sandbox.rules.mentions import check_mrkdwn_entities, find_mass_mentions
from bot.sandbox.rules.messages import check_message
from bot.sandbox.rules.problems import Problem, Surface
from bot.sandbox.rules.views import check_response_action, check_suggestions, check_view, view_error

__all__ = [
    "Problem",
    "Surface",
    "check_blocks",
    "check_inputs",
    "check_message",
    "check_mrkdwn_entities",
    "check_response_action",
    "check_suggestions",
    "check_view",
    "find_mass_mentions",
    "initial_state",
    "view_error",
]
