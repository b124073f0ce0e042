"""The definitions of indicators: one for each, and none that changes under its version."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from outcomes.analysis.indicator_definitions import DEFINITIONS, definitions_of
from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import Sentence
from outcomes.services.describe_indicators import describe_indicators

PUBLISHED = {
    ("share_better", 1): "351ebe11957f8bdb",
    ("share_worse", 1): "41ab8347c241a249",
    ("share_success", 1): "d69f42af53ad5d28",
    ("mean_change", 1): "c624fd811570020f",
    ("standardised_change", 1): "336a66bbc56203ef",
    ("goal_attainment", 1): "b6c389d7e0bc2ee9",
    ("experience", 1): "fcabb689322be5d6",
}
"""Fingerprint of every version that was ever in force. Add to it; whoever changes one changes what targets counted."""


def test_every_indicator_is_defined_and_nothing_else_is():
    assert definitions_of().keys() == INDICATORS.keys()
    for versions in definitions_of().values():
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        assert all(early.valid_from < late.valid_from and late.change for early, late in pairwise(versions))
        assert versions[0].change is None


def test_no_published_definition_has_changed():
    assert {(each.indicator, each.version): each.fingerprint for each in DEFINITIONS} == PUBLISHED


def test_a_changed_sentence_is_seen():
    changed = replace(DEFINITIONS[0], missing=Sentence("Whoever didn't answer counts as a success."))
    assert changed.fingerprint != DEFINITIONS[0].fingerprint


def test_two_versions_stand_side_by_side():
    second = replace(DEFINITIONS[0], version=2, change=Sentence("It was unclear"))
    shown = {each.key: each for each in describe_indicators((*DEFINITIONS, second))}
    assert shown["share_better"].changed
    assert shown["share_better"].versions == (DEFINITIONS[0], second)
    assert not shown["experience"].changed
