"""Loopmark: a self-hosted Slack bot for fast feedback loops and success criteria."""

__version__ = "0.1.0"
