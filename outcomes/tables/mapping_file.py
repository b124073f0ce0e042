"""Read a mapping from its file and list everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.tables.mapping import TableMapping
from outcomes.tables.mapping_checks import check_mapping
from outcomes.tables.yaml_file import Steps, YamlFile, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

_TEXT = Sentence("Write a text here.")
_NUMBER = Sentence("Write a number here.")
_WHOLE_NUMBER = Sentence("Write a whole number here.")
_BLOCK = Sentence("Write a block of names and values here.")
_LIST = Sentence("Write a list here.")
_DATE = Sentence("Write a date here, like 2025-03-31.")
_SENTENCES = {
    "missing": Sentence("This is missing."),
    "extra_forbidden": Sentence("A mapping has nothing called that. Check the spelling."),
    "no_danish": Sentence("The Danish text (da) is missing."),
    "string_pattern_mismatch": Sentence(
        "This can't be used as a code. Use small letters (a-z) and digits, as docs/import.md shows for each code."
    ),
    "string_type": _TEXT,
    "string_too_short": Sentence("This may not be empty."),
    "string_too_long": Sentence("This is too long."),
    "too_short": Sentence("This may not be empty."),
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": Sentence("Write true or false here."),
    "bool_parsing": Sentence("Write true or false here."),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "dict_type": _BLOCK,
    "model_type": _BLOCK,
    "tuple_type": _LIST,
    "greater_than": Sentence("The number is too small."),
    "greater_than_equal": Sentence("The number is too small."),
    "less_than_equal": Sentence("The number is too large."),
}


def read_mapping(path: Path) -> TableMapping:
    """The mapping in the file. Raises ``ImportFileError`` listing every fault with its line and part."""
    file = read_yaml(path)
    if not isinstance(file.content, dict):
        raise ImportFileError(_failure(file), [Fault("", _BLOCK)])
    try:
        mapping = TableMapping.model_validate(file.content)
    except ValidationError as error:
        faults = [Fault(file.place(_steps(detail)), _sentence(detail)) for detail in error.errors()]
        raise ImportFileError(_failure(file), faults) from error
    if faults := [Fault(file.place(steps), sentence) for steps, sentence in check_mapping(mapping)]:
        raise ImportFileError(_failure(file), faults)
    return mapping


def _failure(file: YamlFile) -> Sentence:
    return Sentence("The mapping “%(file)s” has faults. Nothing was imported.", file=file.source)


def _steps(detail: ErrorDetails) -> Steps:
    """The way to the fault; a fault in a name is told at the name."""
    return tuple(step for step in detail["loc"] if step != "[key]")


def _sentence(detail: ErrorDetails) -> Sentence:
    if detail["type"] == "literal_error":
        return Sentence("Write one of these here: %(expected)s.", expected=_choices(detail))
    return _SENTENCES.get(detail["type"], Sentence("This isn't a value that can stand here."))


def _choices(detail: ErrorDetails) -> str:
    """The allowed words out of the library's ``'a', 'b' or 'c'``."""
    return str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
