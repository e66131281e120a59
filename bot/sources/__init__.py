"""Metric sources: where values come from, one module a kind, read safely.

Nothing is imported here: the evaluation worker starts as `bot.sources.worker` and must not pay for the
HTTP client. The table of kinds is in bot/sources/table.py.
"""
