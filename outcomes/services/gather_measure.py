"""What a report's scores were measured by: the instrument versions that were answered, on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import EstimateError, NotFoundError, Sentence
from outcomes.instruments.comparable import scoring_of
from outcomes.instruments.kinds import Side
from outcomes.reports.effect_report import CutOffMaterial, MeasureMaterial
from outcomes.reports.parts import local_text
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import instruments

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.plan import AnalysisPlan
    from outcomes.instruments import Instrument, Scale


def find_measure(session: Session, plan: AnalysisPlan, answered: frozenset[UUID]) -> MeasureMaterial:
    """The measure in the versions that were ``answered``; in the newest that there is where none was.

    Raises ``NotFoundError`` where the instrument isn't there, and ``EstimateError`` where the versions score
    differently: two scales are never joined as if they were one.
    """
    versions = [each for each in instruments.list_versions(session) if each.key == plan.measure.instrument]
    if not versions:
        raise NotFoundError(Sentence("There is no instrument %(key)s here.", key=plan.measure.instrument))
    used = [each for each in versions if each.id in answered] or versions[-1:]
    found = [read_stored_instrument(session, each.id) for each in used]
    names = ", ".join(instrument.version for instrument in found)
    if len({scoring_of(instrument, instrument.scale(plan.measure.scale)) for instrument in found}) > 1:
        raise EstimateError(
            Sentence(
                "The questions were changed on the way (versions %(versions)s), and their scores aren't on one scale."
                " Choose a period with one version.",
                versions=names,
            )
        )
    return _measure(found[-1], found[-1].scale(plan.measure.scale), names)


def _measure(instrument: Instrument, scale: Scale, versions: str) -> MeasureMaterial:
    return MeasureMaterial(
        title=local_text(instrument.title),
        scale=local_text(scale.title) if scale.title else None,
        minimum=scale.range[0],
        maximum=scale.range[1],
        lower_is_better=scale.lower_is_better,
        validated=instrument.validated,
        version=versions,
        cut_offs=tuple(
            CutOffMaterial(
                cut.value,
                local_text(cut.wording),
                cut.source.text if cut.source else "",
                at_or_below=cut.side is Side.AT_OR_BELOW,
            )
            for cut in scale.cut_offs
            if cut.wording
        ),
    )
