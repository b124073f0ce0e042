"""The demo: one invented municipality with invented people, and a published trial beside it."""

from __future__ import annotations

from outcomes.services.demo.fill_demo import fill_demo, is_broken_off
from outcomes.services.demo.links import DemoLinks

__all__ = ["DemoLinks", "fill_demo", "is_broken_off"]
