"""Section: how people meet the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import Share
from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Section
from outcomes.reports.parts import Column, Interval, Kind, Table

if TYPE_CHECKING:
    from outcomes.reports.effect_report.material import ExperienceMaterial


def experience_section(experience: ExperienceMaterial) -> Section:
    """The share who answer more for than against on having a say and on meeting the system."""
    title = Sentence("How people meet the help")
    share = experience.share
    if not isinstance(share, Share):
        return Section("experience", title, Sentence("This can't be shown yet"), withheld=(share.sentence,))
    return Section(
        key="experience",
        title=title,
        finding=experience_finding(share),
        body=(
            Sentence(
                "By each person's latest answers on having a say in their own plan and on meeting the system. The questions"
                " are our own and haven't been tested scientifically yet. Who hasn't answered is unknown, not content."
            ),
        ),
        tables=(_table(experience, share),),
    )


def experience_finding(share: Share) -> Sentence:
    """The finding in words."""
    return Sentence(
        "%(part)s of %(whole)s answer more for than against on having a say and on meeting the system",
        part=share.count,
        whole=share.total,
    )


def said_experience(share: Share) -> Sentence:
    """The finding in few words, with its interval."""
    return Sentence(
        "%(share)s per cent (%(low)s to %(high)s) of %(n)s are more for than against.",
        n=share.total,
        share=round(100 * share.share),
        low=round(100 * share.ci_low),
        high=round(100 * share.ci_high),
    )


def _table(experience: ExperienceMaterial, share: Share) -> Table:
    return Table(
        key="experience",
        caption=Sentence("Those who answer more for than against"),
        columns=(
            Column("what", Sentence("What")),
            Column("n", Sentence("Answered"), Kind.COUNT),
            Column("positive", Sentence("More for than against"), Kind.COUNT),
            Column("share", Sentence("Share"), Kind.SHARE, 0),
            Column("share_interval", Sentence("95 % interval"), Kind.SHARE_INTERVAL, 0),
            Column("completeness", Sentence("Answered of those asked"), Kind.SHARE, 0),
        ),
        rows=(
            (
                Sentence("Having a say, and meeting the system"),
                share.total,
                share.count,
                share.share,
                Interval(share.ci_low, share.ci_high),
                experience.completeness,
            ),
        ),
    )
