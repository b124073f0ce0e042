"""Tables from other systems, read and understood: ``read_table``, ``read_mapping``, ``interpret``.

Pure: a file and its mapping in, an :class:`ImportTable` or every fault out. Nothing is stored from here.
"""

from outcomes.tables.import_table import ImportScore, ImportSubject, ImportTable
from outcomes.tables.interpret import interpret
from outcomes.tables.mapping import TableMapping
from outcomes.tables.mapping_file import read_mapping
from outcomes.tables.reading import read_table
from outcomes.tables.table import Limits, Row, Table

__all__ = [
    "ImportScore",
    "ImportSubject",
    "ImportTable",
    "Limits",
    "Row",
    "Table",
    "TableMapping",
    "interpret",
    "read_mapping",
    "read_table",
]
