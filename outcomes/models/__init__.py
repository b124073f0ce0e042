"""Mapped classes, one aggregate per file, with the rules that the database itself keeps."""

from outcomes.models.access import PersonalLink, SignInLink, StaffSession
from outcomes.models.aggregate import AggregateExport, ScoreAggregate
from outcomes.models.base import Base
from outcomes.models.citizen import Citizen, CitizenIdentity, Coordinator
from outcomes.models.episode import Episode, Goal, GoalRating, Occasion
from outcomes.models.instrument import InstrumentVersion, MeasurementPlan, PlanStep
from outcomes.models.intervention import AnalysisPlan, Intervention, InterventionTargetGroup, LegalBasis, TargetGroup
from outcomes.models.organisation import AppUser, Organisation, Provider, Unit
from outcomes.models.record import AccessEntry, AuditEntry, ImportBatch
from outcomes.models.response import Response, ResponseDraft, Score

__all__ = [
    "AccessEntry",
    "AggregateExport",
    "AnalysisPlan",
    "AppUser",
    "AuditEntry",
    "Base",
    "Citizen",
    "CitizenIdentity",
    "Coordinator",
    "Episode",
    "Goal",
    "GoalRating",
    "ImportBatch",
    "InstrumentVersion",
    "Intervention",
    "InterventionTargetGroup",
    "LegalBasis",
    "MeasurementPlan",
    "Occasion",
    "Organisation",
    "PersonalLink",
    "PlanStep",
    "Provider",
    "Response",
    "ResponseDraft",
    "Score",
    "ScoreAggregate",
    "SignInLink",
    "StaffSession",
    "TargetGroup",
    "Unit",
]
