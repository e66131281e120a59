"""The page: the workspace in a browser, served beside the Web API on the same port."""

from bot.sandbox.page.control import ClockControl, ClockState, GuideStep
from bot.sandbox.page.live import Page

__all__ = ["ClockControl", "ClockState", "GuideStep", "Page"]
