"""Slack's rules for blocks, messages and views; `bot.sandbox.blockkit` is the way in."""
