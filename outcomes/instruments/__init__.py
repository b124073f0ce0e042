"""What a questionnaire is: items, wording, versions, scoring and precision. The format is in docs/instruments.md."""

from __future__ import annotations

from outcomes.instruments.answers import (
    Answer,
    Answers,
    answer_fault,
    answer_faults,
    check_answers,
    is_skipped,
    risky_items,
    visible_answers,
    visible_items,
)
from outcomes.instruments.kinds import AnswerType, Direction, ErrorKind, Kind, ReliabilityKind, Respondent
from outcomes.instruments.loading import (
    check_instrument_file,
    parse_instrument,
    read_instrument,
    restore_instrument,
    shipped_instruments,
    shipped_profile,
)
from outcomes.instruments.model import CutOff, Instrument, Item, MeasurementError, Option, Scale, Source, Wording
from outcomes.instruments.precision import cut_off_met, precision_notes, smallest_detectable_change
from outcomes.instruments.profiles import profile_matches
from outcomes.instruments.scoring import ScaleScore, reverse_value, score_answers
from outcomes.instruments.wording import language_used, text

__all__ = [
    "Answer",
    "AnswerType",
    "Answers",
    "CutOff",
    "Direction",
    "ErrorKind",
    "Instrument",
    "Item",
    "Kind",
    "MeasurementError",
    "Option",
    "ReliabilityKind",
    "Respondent",
    "Scale",
    "ScaleScore",
    "Source",
    "Wording",
    "answer_fault",
    "answer_faults",
    "check_answers",
    "check_instrument_file",
    "cut_off_met",
    "is_skipped",
    "language_used",
    "parse_instrument",
    "precision_notes",
    "profile_matches",
    "read_instrument",
    "restore_instrument",
    "reverse_value",
    "risky_items",
    "score_answers",
    "shipped_instruments",
    "shipped_profile",
    "smallest_detectable_change",
    "text",
    "visible_answers",
    "visible_items",
]
