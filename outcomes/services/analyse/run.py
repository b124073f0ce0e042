"""``outcomes analyse``: read the file, check what was asked for, run the method."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from outcomes.errors import EstimateError, Fault, ImportFileError, InputError, Sentence
from outcomes.services.analyse.options import COMMON, Kind, Options, read_options
from outcomes.services.analyse.request import AnalysisRequest, Role

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.services.analyse.call import Call
    from outcomes.services.analyse.method import Analysis, Method
    from outcomes.services.analyse.output import AnalysisOutput
    from outcomes.tables import Table

FAMILIES = {
    "change": "change",
    "reliable-change": "reliable_change",
    "mixed-model": "mixed_model",
    "mmrm": "mmrm",
    "ancova": "ancova",
    "weighted": "weighted",
    "did": "did",
    "responders": "responders",
    "proportions": "proportions",
    "meta": "meta",
    "funnel": "funnel",
    "cusum": "cusum",
    "reliability": "reliability",
    "gas": "gas",
    "tipping-point": "tipping_point",
}
"""Each method's module in this package, imported only when it is asked for."""

MOST_ROWS = 3_000_000
MOST_BYTES = 500_000_000
SAMPLE_BYTES = 65_536
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def find_method(name: str) -> Method:
    """The method called ``name``; ``InputError`` with the known ones where there is none."""
    key = name.strip().casefold().replace("_", "-")
    if key not in FAMILIES:
        close = get_close_matches(key, FAMILIES, n=1)
        listed = ", ".join(FAMILIES)
        if close:
            raise InputError(
                Sentence(
                    "There is no method “%(name)s”. Did you mean “%(close)s”? The methods are: %(names)s.",
                    name=name,
                    close=close[0],
                    names=listed,
                )
            )
        raise InputError(
            Sentence("There is no method “%(name)s”. The methods are: %(names)s.", name=name, names=listed)
        )
    method: Method = import_module(f"outcomes.services.analyse.{FAMILIES[key]}").METHOD
    return method


def analyse(request: AnalysisRequest) -> Analysis:
    """Run the method on the file. ``InputError`` names every fault of the call and the data with row and column;
    ``EstimateError`` says what the data would have to hold for the number asked for."""
    from outcomes.services.analyse.method import Analysis  # noqa: PLC0415 - brings numpy, which help doesn't need

    method = find_method(request.method)
    options, faults = read_options(request.options, method.all_options)
    faults += _role_faults(request, method)
    reading, _ = read_options([pair for pair in request.options if pair.partition("=")[0].strip() in COMMON], COMMON)
    call = _open_call(request, options, reading)
    call.faults += faults
    _check_columns(call, method)
    call.stop_at_faults()
    return Analysis(method, request, _run(method, call))


def _run(method: Method, call: Call) -> AnalysisOutput:
    """The method's result; what its arithmetic stumbles over is a sentence too."""
    from numpy.linalg import LinAlgError  # noqa: PLC0415 - as above

    try:
        output = method.run(call)
    except (ArithmeticError, LinAlgError) as error:
        raise EstimateError(
            Sentence("The data can't identify this model: its equations have no single solution. Leave a column out.")
        ) from error
    if output.individuals is None and call.options.flag("individuals", default=False):
        sentence = Sentence(
            "The method %(method)s gives nothing person by person here. Leave it out.", method=method.name
        )
        call.add_general("--option individuals", sentence)
        call.stop_at_faults()
    return output


def render(analysis: Analysis, form: str) -> str:
    """The result as ``json`` or as ``text``, in the locale in force."""
    if form == "text":
        from outcomes.services.analyse.text import render_text  # noqa: PLC0415 - one of the two

        return render_text(analysis)
    import json  # noqa: PLC0415 - one of the two

    from outcomes.services.analyse.output import to_mapping  # noqa: PLC0415

    whole = to_mapping(analysis.method.name, analysis.output)
    return json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _open_call(request: AnalysisRequest, options: Options, reading: Options) -> Call:
    from outcomes.services.analyse.call import Call  # noqa: PLC0415 - as above
    from outcomes.tables import Limits, read_table  # noqa: PLC0415

    limits = Limits(file_bytes=MOST_BYTES, unpacked_bytes=2 * MOST_BYTES, rows=MOST_ROWS)
    try:
        table = read_table(request.path, sheet=reading.text("sheet"), limits=limits)
    except ImportFileError as error:
        if request.path.suffix.casefold() == ".xls" and _begins_as_old_excel(request.path):
            sentence = Sentence(
                "“%(file)s” seems to be an old Excel file (.xls), which can't be read. Save it as .xlsx or CSV.",
                file=request.path.name,
            )
            raise InputError(sentence) from error
        raise
    return Call(request, table, options, _fallback_mark(request.path, table))


def _begins_as_old_excel(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(OLD_EXCEL)) == OLD_EXCEL
    except OSError:
        return False


def _fallback_mark(path: Path, table: Table) -> Literal["point"] | None:
    """Where commas divide the cells, a column that doesn't show its decimal mark has the point."""
    from outcomes.tables.text_files import find_delimiter, find_encoding  # noqa: PLC0415 - as above

    if table.kind != "text":
        return None
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    text = sample.decode(find_encoding(sample), errors="ignore")
    return "point" if find_delimiter(text.removeprefix("\ufeff")) == "," else None


def _role_faults(request: AnalysisRequest, method: Method) -> list[Fault]:
    faults = []
    takes = {*method.needs, *method.takes}
    for role in Role:
        named = request.columns.get(role, ())
        place = f"--{role.value}"
        if role in method.needs and not named:
            sentence = Sentence("The method %(method)s needs this column. Name it.", method=method.name)
            faults.append(Fault(place, sentence))
        if named and role not in takes:
            sentence = Sentence("The method %(method)s has no use for this column. Leave it out.", method=method.name)
            faults.append(Fault(place, sentence))
        if len(named) > 1 and role is not Role.COVARIATE and role not in method.many:
            sentence = Sentence("The method %(method)s takes one such column. Name one.", method=method.name)
            faults.append(Fault(place, sentence))
    if request.reference is not None and not request.columns.get(Role.GROUP):
        faults.append(Fault("--reference", Sentence("A base level needs --group. Name the group's column too.")))
    return faults


def _check_columns(call: Call, method: Method) -> None:
    from outcomes.services.analyse.coding import split_covariate  # noqa: PLC0415 - as above

    before = len(call.faults)
    used: dict[str, str] = {}
    for role in Role:
        for written in call.request.columns.get(role, ()):
            name = split_covariate(written)[0] if role is Role.COVARIATE else written
            if not call.check_column(name, f"--{role.value}"):
                continue
            clash = used.get(name)
            if clash is not None and {clash, role.value} & SINGLE_USE and (clash, role.value) not in MAY_SHARE:
                sentence = Sentence("The column “%(name)s” is named for --%(other)s too.", name=name, other=clash)
                call.add_general(f"--{role.value}", sentence)
            used.setdefault(name, role.value)
    for name, option in method.all_options.items():
        column = call.options.text(name) if option.kind is Kind.COLUMN and call.options.given(name) else None
        if column is not None:
            call.check_column(column, f"--option {name}")
    if len(call.faults) > before:
        _name_sheets(call)


def _name_sheets(call: Call) -> None:
    """Where columns aren't found in the first of several sheets, the others may hold them."""
    if call.table.kind != "sheet" or call.options.given("sheet"):
        return
    from openpyxl import load_workbook  # noqa: PLC0415 - only for a workbook whose columns aren't found

    book = load_workbook(call.request.path, read_only=True)
    names = book.sheetnames
    book.close()
    if len(names) > 1:
        sentence = Sentence(
            "The workbook has several sheets (%(sheets)s), and the first is read. Say which with --option sheet=....",
            sheets=", ".join(names),
        )
        call.add_general("--option sheet", sentence)


SINGLE_USE = frozenset({"score", "baseline", "time", "group", "covariate"})
MAY_SHARE = frozenset({("group", "cluster"), ("covariate", "cluster")})
