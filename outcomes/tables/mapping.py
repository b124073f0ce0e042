"""The mapping: a small file that says what somebody else's table means, column by column.

``docs/import.md`` explains it to the one who writes it. Shape is checked by the models here, sense by
:mod:`outcomes.tables.mapping_checks`; :func:`~outcomes.tables.mapping_file.read_mapping` does both.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from outcomes.language import DEFAULT_LOCALE
from outcomes.tables.table import normalise


def _clean(value: object) -> object:
    return normalise(value) if isinstance(value, str) else value


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000), BeforeValidator(_clean)]


def _has_danish(texts: dict[str, str]) -> dict[str, str]:
    if DEFAULT_LOCALE not in texts:
        raise PydanticCustomError("no_danish", "Danish is missing")
    return texts


Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
LocalText = Annotated[dict[Language, Text], AfterValidator(_has_danish)]
"""The same text in several languages, Danish always among them: ``{"da": "Indsats", "en": "Intervention"}``."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class OrganisationPart(_Part):
    """The organisation that owns the data. ``municipality_code``: the official three digits, for a municipality."""

    slug: Slug
    name: Text
    kind: Literal["municipality", "private_provider", "research"]
    municipality_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None


class ProviderPart(_Part):
    """The provider (tilbud) whose citizens the table is about."""

    name: Text


class LegalBasis(_Part):
    """Law and section that the intervention rests on, and what the section is called."""

    law: Text
    section: Text
    title: LocalText | None = None


class TargetGroupPart(_Part):
    """Whom the intervention is for, by the code list that the organisation uses."""

    code: Text
    name: LocalText


class InterventionPart(_Part):
    """The intervention. ``planned_months``: length in months; ``cost_per_month``: kroner per citizen and month."""

    slug: Slug
    name: LocalText
    description: LocalText | None = None
    legal_basis: LegalBasis | None = None
    target_group: TargetGroupPart | None = None
    planned_months: Annotated[int, Field(ge=1, le=1200)] | None = None
    cost_per_month: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] | None = None


class MeasurePart(_Part):
    """The score column is ``scale`` of ``instrument``; ``version`` pins a version, else the newest is meant."""

    instrument: Text
    scale: Text
    version: Text | None = None


class ComparisonPart(_Part):
    """Whom the intervention is compared with, and how people came into one or the other.

    ``source`` says where that is documented (a protocol, a published article).
    """

    kind: Literal["randomised", "waiting_list", "other"]
    name: LocalText
    source: Text | None = None


class FilePart(_Part):
    """Only for files where what we find by ourselves is wrong."""

    sheet: Text | None = None
    encoding: Text | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None


class SubjectColumn(_Part):
    """Who the row is about: an ``id`` of the other system's own, or a ``cpr`` number (encrypted when stored)."""

    column: Text
    kind: Literal["id", "cpr"] = "id"


class ArmColumn(_Part):
    """Which arm the person is in. ``values``: text in the table -> arm."""

    column: Text
    values: dict[Text, Literal["intervention", "comparison"]]


def _short_form(value: object) -> object:
    return {"column": value} if isinstance(value, str | int) else value


class ColumnsPart(_Part):
    """Which column holds what. A row is placed by ``time`` (months since start), ``occasion`` (a code) or ``date``."""

    subject: Annotated[SubjectColumn, BeforeValidator(_short_form)]
    score: Text
    time: Text | None = None
    occasion: Text | None = None
    date: Text | None = None
    arm: ArmColumn | None = None
    name: Text | None = None
    cpr: Text | None = None


class BackgroundColumn(_Part):
    """A fact about the person from before the intervention, for fair comparison (a covariate).

    ``categories``: text in the table -> what it is called in reports; where given, other values are faults.
    """

    key: Key
    column: Text
    type: Literal["number", "category"]
    name: LocalText
    categories: dict[Text, LocalText] | None = None
    may_be_missing: bool = False


class StartPart(_Part):
    """When episodes start: a ``column`` with dates, or one ``date`` for all.

    ``known`` False: nobody knows when it was. The ``date`` only carries the months between, and no report shows it.
    """

    column: Text | None = None
    date: dt.date | None = None
    known: bool = True


Days = Annotated[int, Field(ge=0, le=3660)]


class WindowPart(_Part):
    """Days around the planned day: when the measurement opens, is due, and closes."""

    opens_days_before: Days
    due_days_after: Days
    closes_days_after: Days


class OccasionPart(_Part):
    """One planned measurement, ``months`` after the start. ``values``: what it is called in the occasion column."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
    months: Annotated[int, Field(ge=0, le=1200)]
    name: LocalText | None = None
    baseline: bool = False
    window: WindowPart | None = None
    values: tuple[Text, ...] = ()

    def planned_on(self, start: dt.date) -> dt.date:
        """The planned day, by the calendar: 31 January + 1 month = 28 February."""
        return start + relativedelta(months=self.months)


class TableMapping(_Part):
    """A whole mapping. Immutable.

    ``source`` names the system that the table comes from: with it a person's id there tells the same person again.
    ``analysis_plan`` is passed on as it stands and checked where plans are read.
    """

    format: Literal[1]
    source: Slug
    organisation: OrganisationPart
    provider: ProviderPart
    intervention: InterventionPart
    measure: MeasurePart
    comparison: ComparisonPart | None = None
    file: FilePart = FilePart()
    missing: tuple[Text, ...] = ()
    decimal: Literal["auto", "comma", "point"] = "auto"
    date_order: Literal["day_first", "month_first"] = "day_first"
    columns: ColumnsPart
    background: tuple[BackgroundColumn, ...] = ()
    start: StartPart
    occasions: tuple[OccasionPart, ...]
    window: WindowPart
    analysis_plan: dict[str, Any] | None = None

    def window_of(self, occasion: OccasionPart) -> WindowPart:
        """The occasion's own window, else the one for all."""
        return occasion.window or self.window

    @property
    def baseline(self) -> OccasionPart:
        """The occasion before the intervention begins."""
        return next(occasion for occasion in self.occasions if occasion.baseline)

    def content(self) -> dict[str, Any]:
        """What is stored because of the mapping, as JSON values: all but how the file is written."""
        written = ("format", "file", "missing", "decimal", "date_order", "columns")
        without: dict[str, Any] = {
            **dict.fromkeys(written, True),
            "background": {"__all__": {"column"}},
            "occasions": {"__all__": {"values"}},
            "start": {"column", "date"},
        }
        return self.model_dump(mode="json", exclude=without)
