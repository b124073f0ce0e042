"""Exact federation: sums instead of people leave a municipality, and the pooled fit is that of the pooled people."""

from outcomes.analysis.federation.adding import add_aggregates, require_different_people
from outcomes.analysis.federation.aggregate import (
    Aggregate,
    Column,
    ColumnKind,
    Measure,
    Protection,
    Study,
    families_of,
    make_aggregate,
    make_aggregate_of_groups,
    read_columns,
)
from outcomes.analysis.federation.document import FORMAT, VERSION, read_aggregate, write_aggregate
from outcomes.analysis.federation.protection import LEAST, Protected, fewest_people, protect, thin_places

__all__ = [
    "FORMAT",
    "LEAST",
    "VERSION",
    "Aggregate",
    "Column",
    "ColumnKind",
    "Measure",
    "Protected",
    "Protection",
    "Study",
    "add_aggregates",
    "families_of",
    "fewest_people",
    "make_aggregate",
    "make_aggregate_of_groups",
    "protect",
    "read_aggregate",
    "read_columns",
    "require_different_people",
    "thin_places",
    "write_aggregate",
]
