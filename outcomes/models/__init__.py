"""Mapped classes, one aggregate per file, with the rules that the database itself keeps."""

from outcomes.models.access import Attempt, CitizenSession, LoginCode, PersonalLink, SignInLink, StaffSession
from outcomes.models.aggregate import AggregateExport, ScoreAggregate
from outcomes.models.base import Base
from outcomes.models.citizen import Citizen, CitizenIdentity, Coordinator, Relation
from outcomes.models.episode import Episode, Goal, GoalRating, Occasion
from outcomes.models.instrument import InstrumentAudio, InstrumentVersion, MeasurementPlan, PlanStep
from outcomes.models.intervention import AnalysisPlan, Intervention, InterventionTargetGroup, LegalBasis, TargetGroup
from outcomes.models.message import Message
from outcomes.models.organisation import AppUser, Organisation, Provider, Unit
from outcomes.models.own_page import AccessShare, Correction
from outcomes.models.record import AccessEntry, AuditEntry, ImportBatch
from outcomes.models.response import KeyedSheet, Response, ResponseDraft, Score
from outcomes.models.signal import RiskProtocol, Signal
from outcomes.models.stored_result import StoredResult

__all__ = [
    "AccessEntry",
    "AccessShare",
    "AggregateExport",
    "AnalysisPlan",
    "AppUser",
    "Attempt",
    "AuditEntry",
    "Base",
    "Citizen",
    "CitizenIdentity",
    "CitizenSession",
    "Coordinator",
    "Correction",
    "Episode",
    "Goal",
    "GoalRating",
    "ImportBatch",
    "InstrumentAudio",
    "InstrumentVersion",
    "Intervention",
    "InterventionTargetGroup",
    "KeyedSheet",
    "LegalBasis",
    "LoginCode",
    "MeasurementPlan",
    "Message",
    "Occasion",
    "Organisation",
    "PersonalLink",
    "PlanStep",
    "Provider",
    "Relation",
    "Response",
    "ResponseDraft",
    "RiskProtocol",
    "Score",
    "ScoreAggregate",
    "SignInLink",
    "Signal",
    "StaffSession",
    "StoredResult",
    "TargetGroup",
    "Unit",
]
