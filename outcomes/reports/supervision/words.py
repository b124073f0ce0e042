"""A stored signal in words: why, on what, how often by chance, and what would take it off the list."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText, Points
from outcomes.reports.stored_values import from_stored
from outcomes.reports.supervision.context import years

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outcomes.reports.supervision.context import SignalLine

FEW_PROVIDERS = 10
"""Among fewer, one that differs widens the limits so much that it may well lie inside them."""


def reason(method: str, found_on: date, content: Mapping[str, Any]) -> Sentence:
    """Why the provider is on the list."""
    measure = from_stored(content["measure"])
    if method == "funnel":
        return Sentence(
            "People measured between %(first)s and %(last)s scored lower than people like them do elsewhere (%(measure)s), by"
            " more than the number of people and ordinary differences between providers explain.",
            first=date.fromisoformat(content["compared_from"]),
            last=date.fromisoformat(content["compared_to"]),
            measure=measure,
        )
    if method == "cusum":
        return Sentence(
            "Over a longer time people have scored lower than expected of them (%(measure)s). Until %(month)s it had become"
            " more than chance explains.",
            measure=measure,
            month=found_on,
        )
    return Sentence(
        "Lately people have scored lower than expected of them (%(measure)s). Until %(month)s it had become more than chance"
        " explains.",
        measure=measure,
        month=found_on,
    )


def number(content: Mapping[str, Any]) -> Sentence | None:
    """How much lower, with its interval; None where those compared in the year are too few."""
    mean = content.get("mean")
    if not mean:
        return None
    if mean["ci_low"] < 0 < mean["ci_high"]:
        return _around(content, mean)
    low, high = sorted((abs(mean["ci_low"]), abs(mean["ci_high"])))
    values = {
        "points": Points(abs(mean["estimate"])), "low": Points(low), "high": Points(high), "n": mean["n"],
        "first": date.fromisoformat(content["compared_from"]), "last": date.fromisoformat(content["compared_to"]),
    }  # fmt: skip
    if mean["estimate"] < 0:
        return Sentence(
            "%(points)s points below what was expected (95 per cent interval %(low)s to %(high)s), for %(n)s people between"
            " %(first)s and %(last)s.",
            **values,
        )
    return Sentence(
        "%(points)s points above what was expected (95 per cent interval %(low)s to %(high)s), for %(n)s people between"
        " %(first)s and %(last)s.",
        **values,
    )


def _around(content: Mapping[str, Any], mean: Mapping[str, Any]) -> Sentence:
    return Sentence(
        "%(points)s points from what was expected (95 per cent interval %(low)s to %(high)s, below zero is lower), for %(n)s"
        " people between %(first)s and %(last)s.",
        points=Points(mean["estimate"]),
        low=Points(mean["ci_low"]),
        high=Points(mean["ci_high"]),
        n=mean["n"],
        first=date.fromisoformat(content["compared_from"]),
        last=date.fromisoformat(content["compared_to"]),
    )


def basis(content: Mapping[str, Any]) -> Sentence:
    """How many people are behind it, and how many of those asked."""
    return Sentence(
        "%(n)s people measured both at the start and later: %(share)s per cent of those whose time had come. What is expected"
        " of them follows from their own start and age.",
        n=content["n"],
        share=round(100 * content["completeness"]),
    )


def false_alarms(content: Mapping[str, Any]) -> Sentence:
    """How often a provider of this size comes on the list although nothing is behind it, and how often anybody does."""
    return Sentence(
        "Even if nothing is behind it, a provider of this size comes on the list for this intervention at most about once in"
        " %(years)s years, and somebody among its %(providers)s providers at most about once in %(list_years)s years.",
        years=years(1 / content["false_alarms"]),
        providers=content["providers"],
        list_years=years(1 / content["list_false_alarms"]),
    )


def off_the_list(method: str) -> Sentence:
    """What would take it off."""
    if method == "funnel":
        return Sentence(
            "It leaves the list when the dialogue is closed. It comes again only if a later quarter's comparison says the"
            " same."
        )
    return Sentence(
        "It leaves the list when the dialogue is closed. It comes again only if people who are measured after that score"
        " lower than expected again."
    )


def list_false_alarms(contents: Collection[Mapping[str, Any]]) -> Sentence:
    """How often the whole list names somebody although nothing is behind it: the rates of its interventions together."""
    rate = sum(content["list_false_alarms"] for content in contents)
    if not rate:
        return Sentence("Nobody could be compared, so nobody can come on the list.")
    return Sentence(
        "If nothing were behind any of it, somebody would still come on the whole list at most about once in %(years)s"
        " years, all interventions together.",
        years=years(1 / rate),
    )


def funnel_title(
    outside: Sentence | None, providers: int, signals: Collection[SignalLine], named: Collection[str]
) -> Sentence:
    """What a funnel says together with the signals that are open, so that the two never contradict each other.

    ``outside``: the sentence about those outside its limits, who are ``named``; None where nobody is. ``providers``: how many
    are held beside each other.
    """
    over_time = sorted({each.provider for each in signals if each.method != "funnel"} - set(named))
    others = sorted({each.provider for each in signals} - set(named))
    if outside is not None and not others:
        return outside
    if outside is not None:
        return Sentence(
            "%(finding)s; there is an open signal about %(names)s too", finding=outside, names=", ".join(others)
        )
    if over_time:
        return Sentence(
            "The funnel alone shows no deviation; the course over time does: see %(names)s", names=", ".join(over_time)
        )
    if others:
        return Sentence(
            "The funnel shows no deviation now, but a signal is still open: see %(names)s", names=", ".join(others)
        )
    if providers < FEW_PROVIDERS:
        return Sentence("With so few providers the funnel can't tell whether any of them differs")
    return Sentence("No provider differs by more than its size and ordinary differences explain")


def compared(content: Mapping[str, Any], until: date) -> Sentence:
    """Who was compared, and over which time."""
    if content["funnel"] is None:
        return Sentence(
            "Fewer than three providers have 10 people or more by %(measure)s, so they aren't held against each other. The"
            " course of each over time is followed until %(until)s.",
            measure=_text(content["measure"]),
            until=until,
        )
    return Sentence(
        "%(providers)s providers with 10 people or more, by %(measure)s. The comparison is of people measured between"
        " %(first)s and %(last)s; the course over time reaches to %(until)s.",
        providers=content["providers"],
        measure=_text(content["measure"]),
        first=date.fromisoformat(content["compared_from"]),
        last=date.fromisoformat(content["compared_to"]),
        until=until,
    )


def _text(stored: Any) -> LocalText:
    text: LocalText = from_stored(stored)
    return text
