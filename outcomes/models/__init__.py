"""Mapped classes, one aggregate per file, with the rules that the database itself keeps."""

from outcomes.models.access import Attempt, CitizenSession, LoginCode, PersonalLink, SignInLink, StaffSession
from outcomes.models.aggregate import AggregateExport, ScoreAggregate
from outcomes.models.base import Base
from outcomes.models.citizen import Citizen, CitizenIdentity, Coordinator, Relation
from outcomes.models.episode import Episode, Goal, GoalRating, Occasion
from outcomes.models.instrument import InstrumentAudio, InstrumentVersion, MeasurementPlan, PlanStep
from outcomes.models.intervention import AnalysisPlan, Intervention, InterventionTargetGroup, LegalBasis, TargetGroup
from outcomes.models.learning import LearningMeeting, LearningPoint
from outcomes.models.message import Message
from outcomes.models.offer import ProviderRecord, Specialisation
from outcomes.models.organisation import AppUser, Organisation, Provider, Unit
from outcomes.models.own_page import AccessShare, Correction
from outcomes.models.record import AccessEntry, AuditEntry, ImportBatch
from outcomes.models.release import Release, ReleaseLedger
from outcomes.models.response import KeyedSheet, Response, ResponseDraft, Score
from outcomes.models.signal import RiskProtocol, Signal
from outcomes.models.steering import OutcomeTarget, ProcessRequirement, RequirementEvent
from outcomes.models.stored_result import StoredResult
from outcomes.models.subscription import BatchItem, ReportBatch, Subscription
from outcomes.models.supervision import ProviderFact, SupervisionLook, SupervisionSignal, ThemeSet
from outcomes.models.value import ContractPayment, OutcomeContract, PriceSet, ValueCase

__all__ = [
    "AccessEntry",
    "AccessShare",
    "AggregateExport",
    "AnalysisPlan",
    "AppUser",
    "Attempt",
    "AuditEntry",
    "Base",
    "BatchItem",
    "Citizen",
    "CitizenIdentity",
    "CitizenSession",
    "ContractPayment",
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
    "LearningMeeting",
    "LearningPoint",
    "LegalBasis",
    "LoginCode",
    "MeasurementPlan",
    "Message",
    "Occasion",
    "Organisation",
    "OutcomeContract",
    "OutcomeTarget",
    "PersonalLink",
    "PlanStep",
    "PriceSet",
    "ProcessRequirement",
    "Provider",
    "ProviderFact",
    "ProviderRecord",
    "Relation",
    "Release",
    "ReleaseLedger",
    "ReportBatch",
    "RequirementEvent",
    "Response",
    "ResponseDraft",
    "RiskProtocol",
    "Score",
    "ScoreAggregate",
    "SignInLink",
    "Signal",
    "Specialisation",
    "StaffSession",
    "StoredResult",
    "Subscription",
    "SupervisionLook",
    "SupervisionSignal",
    "TargetGroup",
    "ThemeSet",
    "Unit",
    "ValueCase",
]
