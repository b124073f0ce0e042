"""Figures that were frozen before there was another key are the same figures."""

from __future__ import annotations

from typing import Any

import pytest

from outcomes.services.pay_contract import in_its_form

OLD = {"label": "D0", "figure": {"estimate": 0.4, "n": 24}}
NEW = {"label": "D0", "figure": {"estimate": 0.4, "n": 24, "highest": 0.7}}
OTHER = {"label": "D0", "figure": {"estimate": 0.5, "n": 24}}


@pytest.mark.parametrize(("frozen", "published"), [(OLD, OLD), (NEW, NEW), (OTHER, NEW), ({}, NEW), ({"form": 1}, NEW)])
def test_only_the_same_figures_are_written_as_they_were(frozen: dict[str, Any], published: dict[str, Any]) -> None:
    assert in_its_form(NEW, frozen) == published
