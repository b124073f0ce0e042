"""Whether two versions of an instrument measure on one scale: what may be joined to one series, and what may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.instruments.wording import variant_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments.model import Instrument, Item, Scale


def scoring_of(instrument: Instrument, scale: Scale) -> str:
    """What makes the same answers the same number: the items, their range, and the way from answers to score."""
    bounds = [(item, instrument.item(item).type, instrument.item(item).bounds) for item in scale.items]
    names = {"reversed", "method", "missing", "rescale", "table", "direction", "range"}
    return f"{bounds} {scale.model_dump_json(include=names)}"


def asks_the_same(one: Instrument, other: Instrument, scale_key: str) -> bool:
    """True where a scale is scored alike in both, and its questions say the same in every language that both have.

    Easy words, pictures and new languages beside the same words make no other questions.
    """
    here, there = one.scale(scale_key), other.scale(scale_key)
    if scoring_of(one, here) != scoring_of(other, there):
        return False
    shared = set(one.languages) & set(other.languages)
    return bool(shared) and all(
        list(_plain_words(one.item(item), shared)) == list(_plain_words(other.item(item), shared))
        for item in here.items
    )


def _plain_words(item: Item, languages: set[str]) -> Iterator[tuple[object, dict[str, str]]]:
    yield item.id, _plain(item.wording, languages)
    for option in item.options:
        yield option.value, _plain(option.wording, languages)
    if item.ends is not None:
        yield "low", _plain(item.ends.low, languages)
        yield "high", _plain(item.ends.high, languages)


def _plain(wording: Mapping[str, str], languages: set[str]) -> dict[str, str]:
    return {code: text for code, text in wording.items() if not variant_of(code) and code in languages}
