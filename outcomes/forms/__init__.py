"""Forms: made from instruments by one handler per answer type, and speaking our own words."""

from __future__ import annotations
