"""From a file to an :class:`~outcomes.instruments.model.Instrument`, or to the list of everything wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from outcomes.errors import Fault, InstrumentError, Sentence
from outcomes.instruments.checks import cross_faults
from outcomes.instruments.document import Document, place_name, read_content, read_document
from outcomes.instruments.model import Instrument
from outcomes.instruments.profiles import profile_differences, scales_from_profile
from outcomes.instruments.schema import schema_faults

LIBRARY = Path(__file__).parent / "library"


def read_instrument(path: Path) -> Instrument:
    """The instrument in a file. Raises :class:`~outcomes.errors.InstrumentError` with every fault and its line."""
    return _build(read_document(path))


def read_instrument_text(content: bytes, *, name: str) -> Instrument:
    """The instrument in the content of a file called ``name``, which says whether it is JSON; as :func:`read_instrument`."""
    return _build(read_content(content, json_text=name.lower().endswith(".json")))


def parse_instrument(mapping: Mapping[str, Any]) -> Instrument:
    """The instrument in plain values. Raises :class:`~outcomes.errors.InstrumentError` with every fault."""
    return _build(Document(dict(mapping)))


def restore_instrument(mapping: Mapping[str, Any]) -> Instrument:
    """An instrument that was checked before and kept as :meth:`~outcomes.instruments.Instrument.to_mapping` gave it."""
    return Instrument.model_validate({key: value for key, value in mapping.items() if key != "format"})


def check_instrument_file(path: Path) -> tuple[Fault, ...]:
    """Everything wrong with a file, each with place and line; empty where it can be used."""
    return _faults(read_document(path))


@cache
def shipped_instruments() -> tuple[Instrument, ...]:
    """The project's own measures and the scoring profiles, in order of kind and file name."""
    return tuple(read_instrument(path) for path in sorted(LIBRARY.glob("*/*.yaml")))


def shipped_profile(key: str) -> Instrument | None:
    """The shipped scoring profile of that key."""
    path = LIBRARY / "profiles" / f"{key}.yaml"
    known = {file.stem for file in path.parent.glob("*.yaml")}
    return read_instrument(path) if key in known else None


def _build(document: Document) -> Instrument:
    if faults := _faults(document):
        raise InstrumentError(Sentence("This instrument can't be used as it stands. Nothing was stored."), faults)
    assert isinstance(document.data, Mapping)  # noqa: S101 - the schema has seen to it
    return restore_instrument(_completed(document.data))


def _faults(document: Document) -> tuple[Fault, ...]:
    found = list(schema_faults(document.data)) if document.data is not None else []
    if isinstance(document.data, Mapping):
        found += cross_faults(document.data)
        if "profile" in document.data and not any(path == ("profile",) for path, _ in found):
            profile = shipped_profile(str(document.data["profile"]))
            if profile is None:
                name = str(document.data["profile"])
                found.append((("profile",), Sentence("There is no profile “%(name)s”.", name=name)))
            else:
                found += profile_differences(profile, document.data)
    in_order = sorted(found, key=lambda finding: _line(document, finding[0]))
    listed = dict.fromkeys(Fault(document.place(path), sentence) for path, sentence in in_order)
    return document.faults + tuple(listed)


def _line(document: Document, path: tuple[str | int, ...]) -> tuple[int, str]:
    line = next((document.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in document.lines), 0)
    return line, place_name(path)


def _completed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The file's content with what it may leave out filled in: option sets, the profile's scales, defaults."""
    whole = {key: value for key, value in data.items() if key not in ("option_sets", "tables", "format", "no_answer")}
    whole["items"] = [
        {"no_answer": data.get("no_answer", ()), **_with_options(item, data.get("option_sets", {}))}
        for item in data["items"]
    ]
    whole.setdefault("respondents", ["citizen"])
    if profile := shipped_profile(data["profile"]) if "profile" in data else None:
        whole["scales"] = scales_from_profile(profile, data)
    whole["scales"] = [{"missing": {"min_answered": len(scale["items"])}, **scale} for scale in whole["scales"]]
    return whole


def _with_options(item: Mapping[str, Any], option_sets: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in item.items() if key != "option_set"}
    if "option_set" in item:
        plain["options"] = option_sets[item["option_set"]]
    return plain
