"""Checking the form of an instrument file by its JSON schema (draft 2020-12), faults in words."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import Draft202012Validator, ValidationError

    from outcomes.instruments.document import Path_

KINDS = {
    "object": Sentence("a group of names and values"),
    "array": Sentence("a list"),
    "string": Sentence("text (in quotes where it looks like a number, a date or yes/no)"),
    "integer": Sentence("a whole number"),
    "number": Sentence("a number"),
    "boolean": Sentence("true or false"),
}
# By the titles that the schema gives to what has a pattern.
FORMS = {
    "slug": Sentence("small letters, digits and hyphens, with a letter first"),
    "name": Sentence("small letters, digits and underscores, with a letter first"),
    "language": Sentence("a language code, such as da or en"),
    "doi": Sentence("a DOI, such as 10.1000/182"),
    "sum": Sentence("a whole number"),
    "day": Sentence("a day as 2026-11-22, in quotes"),
}


def load_schema() -> dict[str, Any]:
    """The JSON schema of instrument files."""
    text = resources.files("outcomes.instruments").joinpath("schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator() -> Draft202012Validator:
    # jsonschema is slow to import and only needed where a file is checked.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(load_schema())


def schema_faults(data: object) -> Iterator[tuple[Path_, Sentence]]:
    """Every way in which ``data`` isn't of the form, as (path, sentence)."""
    for error in _validator().iter_errors(_plain(data)):
        yield from _in_words(error)


def _plain(data: object) -> object:
    """Keys as text: YAML reads an unquoted 7 or ``no`` as a number or truth value, JSON has no such keys."""
    if isinstance(data, dict):
        return {_key(key): _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list) else data


def _key(key: object) -> str:
    return {True: "true", False: "false"}[key] if isinstance(key, bool) else str(key)


def _in_words(error: ValidationError) -> Iterator[tuple[Path_, Sentence]]:
    path: Path_ = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    found: Any = error.instance
    match error.validator:
        case "required":
            # jsonschema reports one missing name at a time, quoted at the start of its message.
            name = error.message.split("'")[1]
            yield path, Sentence("“%(name)s” is missing. Add it.", name=name)
        case "additionalProperties":
            known = _rule(error).get("properties", {})
            for name in [name for name in found if name not in known]:
                yield (
                    (*path, name),
                    Sentence("“%(name)s” isn't used here. Used are: %(known)s.", name=name, known=", ".join(known)),
                )
        case "type":
            kind = wanted if isinstance(wanted, str) else wanted[0]
            yield path, Sentence("Write %(kind)s here, not %(found)s.", kind=KINDS[kind], found=_shown(found))
        case "enum" | "const":
            allowed = wanted if isinstance(wanted, list) else [wanted]
            yield (
                path,
                Sentence(
                    "%(found)s isn't one of: %(allowed)s.", found=_shown(found), allowed=", ".join(map(str, allowed))
                ),
            )
        case "pattern":
            form = FORMS[_rule(error)["title"]]
            yield path, Sentence("Write %(kind)s here, not %(found)s.", kind=form, found=_shown(found))
        case _:
            yield path, _limit_in_words(str(error.validator), wanted, found)


def _rule(error: ValidationError) -> dict[str, Any]:
    """The part of the schema that was broken."""
    return error.schema if isinstance(error.schema, dict) else {}


def _limit_in_words(rule: str, wanted: object, found: object) -> Sentence:
    if rule in {"minItems", "minLength", "minProperties"}:
        return Sentence("There must be at least %(limit)s here.", limit=wanted)
    if rule in {"maxItems", "maxLength", "maxProperties"}:
        return Sentence("There may be at most %(limit)s here.", limit=wanted)
    if rule == "uniqueItems":
        return Sentence("The same value stands here twice.")
    limits = {
        "minimum": Sentence("%(found)s is too small. It must be %(limit)s or more.", found=_shown(found), limit=wanted),
        "maximum": Sentence("%(found)s is too large. It must be %(limit)s or less.", found=_shown(found), limit=wanted),
        "exclusiveMinimum": Sentence("%(found)s must be more than %(limit)s.", found=_shown(found), limit=wanted),
        "exclusiveMaximum": Sentence("%(found)s must be less than %(limit)s.", found=_shown(found), limit=wanted),
    }
    return limits[rule]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - room in a line
