"""Wording: complete in every declared language in a measure, absent in a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.instruments.checks import parts
from outcomes.instruments.wording import VARIANTS, base_language, variant_of

if TYPE_CHECKING:
    from outcomes.instruments.checks.parts import Finding
    from outcomes.instruments.document import Path_

Slot = tuple["Path_", object]


def wording_faults(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Missing, undeclared and unwanted wording."""
    languages = [str(language) for language in parts.sequence(data.get("languages"))]
    profile = data.get("kind") == "profile"
    for path, wording in _needed(data):
        yield from _language_faults(wording, languages, path)
    for path, wording in _owned(data):
        if profile and wording is not None:
            yield path, Sentence("A profile carries no wording: it belongs to its owner. Take it out.")
        elif not profile:
            yield from _language_faults(wording, languages, path)
    for path, wording in _optional(data):
        if wording is not None:
            yield from _language_faults(wording, languages, path)


def _language_faults(wording: object, languages: list[str], path: Path_) -> Iterator[Finding]:
    if wording is not None and not isinstance(wording, Mapping):
        return
    given = parts.mapping(wording)
    for language in languages:
        text = given.get(language)
        if text is None or (isinstance(text, str) and not text.strip()):
            yield (*path, language), Sentence("The text in “%(language)s” is missing.", language=language)
    for language in given:
        if base_language(str(language)) not in languages or variant_of(str(language)) not in ("", *VARIANTS):
            yield (
                (*path, str(language)),
                Sentence("“%(language)s” isn't among the languages of this file.", language=str(language)),
            )


def _needed(data: Mapping[str, Any]) -> Iterator[Slot]:
    """Texts of the project's own kind, which every file has."""
    yield ("title",), data.get("title")
    yield ("licence", "text"), parts.mapping(data.get("licence")).get("text")
    for index, scale in parts.scales(data):
        yield ("scales", index, "title"), scale.get("title")
        for position, cut in enumerate(parts.sequence(scale.get("cut_offs"))):
            yield ("scales", index, "cut_offs", position, "wording"), parts.mapping(cut).get("wording")


def _owned(data: Mapping[str, Any]) -> Iterator[Slot]:
    """Texts that are the questionnaire itself."""
    for name, group in parts.mapping(data.get("option_sets")).items():
        yield from _options(group, ("option_sets", str(name)))
    for index, item in parts.items(data):
        path: Path_ = ("items", index)
        yield (*path, "wording"), item.get("wording")
        yield from _options(item.get("options"), (*path, "options"))
        if "ends" in item or (item.get("type") in ("scale_0_10", "visual_analogue") and data.get("kind") == "measure"):
            ends = parts.mapping(item.get("ends"))
            yield (*path, "ends", "low"), ends.get("low")
            yield (*path, "ends", "high"), ends.get("high")


def _options(group: object, path: Path_) -> Iterator[Slot]:
    for position, option in enumerate(parts.sequence(group)):
        yield (*path, position, "wording"), parts.mapping(option).get("wording")


def _optional(data: Mapping[str, Any]) -> Iterator[Slot]:
    """Texts that may be left out, but not in one language only."""
    for name in ("intro", "purpose"):
        yield (name,), data.get(name)
    for index, item in parts.items(data):
        for name in ("help", "unit"):
            yield ("items", index, name), item.get(name)
    for index, scale in parts.scales(data):
        for name in ("unit", "note"):
            yield ("scales", index, name), scale.get(name)
        yield ("scales", index, "norm", "population"), parts.mapping(scale.get("norm")).get("population")
        for name in ("note", "population"):
            error = parts.mapping(scale.get("measurement_error"))
            yield ("scales", index, "measurement_error", name), error.get(name)
