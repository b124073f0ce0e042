"""Why a method doesn't hold what it says under some circumstances, and what to use instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Of rows in ``part`` whose method and circumstances have these words in their names."""

    part: str
    method: str
    circumstances: str
    words: str


PLACES = (
    "people of one place are alike, and the method takes them as independent. Use the place as outer level, or CR2 by"
    " place."
)
FEW_PEOPLE = (
    "the standard error holds in the long run, and 100 people are too few for that. Use doubly robust with overlap weights,"
    " and read intervals as a little narrow."
)
UNCERTAIN_SPREAD = (
    "the spread between places is taken as known, and few places hardly tell it. Read the limits as too narrow under some"
    " 50 places."
)

REASONS: tuple[Reason, ...] = (
    Reason("Change", "", "6 clusters", PLACES),
    Reason(
        "Change in standard deviations",
        "",
        "drop-out",
        "those who are left were more alike at the start, so the change is divided by too small a standard deviation. Use a"
        " register's standard deviation, or points by a model of all occasions.",
    ),
    Reason("Analysis of covariance", "HC3", "6 clusters", PLACES),
    Reason("Mixed model, report's", "level per person, Satterthwaite", "6 clusters", PLACES),
    Reason("MMRM", "Satterthwaite", "6 clusters", PLACES),
    Reason(
        "Response weights",
        "",
        "drop-out",
        "few answers stand for many, and the normal interval is too narrow for so few. With 200 in each arm it holds; else"
        " use a model of all occasions.",
    ),
    Reason(
        "Reference-based imputation",
        "Rubin's rules",
        "drop-out",
        "Rubin's rules count as lost what the assumption itself fills in, so the interval is too wide (Bartlett 2023,"
        " doi:10.1080/19466315.2021.1983455). Use conditional means with the jackknife, which is the default.",
    ),
    Reason(
        "One share",
        "Clopper-Pearson",
        "",
        "it holds at least 95 % whatever the share, and so more than 95 % for most. Use Wilson, unless at least 95 % is what"
        " is asked for.",
    ),
    Reason(
        "Share reliably better",
        "counted, of all who began",
        "drop-out",
        "the lost count as not better, on purpose: the share is a lower bound. Read it beside the share expected, had all"
        " answered.",
    ),
    Reason("Weighting", "", "100 people", FEW_PEOPLE),
    Reason(
        "Weighting",
        "",
        "poor overlap",
        "some people in one arm have hardly anybody like them in the other, and those few get enormous weights. Use overlap"
        " weights, and say whom the result is about.",
    ),
    Reason("Whole places in one arm", "places ignored", "", PLACES),
    Reason(
        "Whole places in one arm",
        "CR2",
        "6 places",
        "under 4 degrees of freedom no limits are given (the interval is open at both ends), as none could be trusted. Use"
        " the wild cluster bootstrap.",
    ),
    Reason(
        "Staggered roll-out",
        "two-way",
        "",
        "the common shortcut compares those who start with those who started before, whose effect still grows. That is why"
        " it is a diagnostic and never the result.",
    ),
    Reason(
        "Staggered roll-out",
        "",
        "12 places",
        "12 independent places are too few for a normal interval. Use the randomisation test of few adopters.",
    ),
    Reason("Several places together", "normal interval", "", UNCERTAIN_SPREAD + " Use Hartung-Knapp for the mean."),
    Reason("Several places together", "", "", UNCERTAIN_SPREAD),
    Reason(
        "Watching places",
        "funnel",
        "ordinary differences",
        "the extreme tenths are drawn in before over-dispersion is worked out, so that ordinary differences are held to be"
        " smaller than they are, and more places are outside than stated. A signal is a reason for a dialogue, no verdict.",
    ),
    Reason(
        "One person",
        "edwards-nunnally",
        "",
        "its standard error leaves out the error of the second score. Use Gulliksen-Lord-Novick.",
    ),
    Reason(
        "One person",
        "hageman-arrindell",
        "",
        "it asks for so much that hardly anybody whom nothing changed is called better: on the safe side, at the price of"
        " missing those who did change.",
    ),
    Reason(
        "One person",
        "jacobson-truax",
        "began low",
        "people who began low rise by themselves, and this formula doesn't expect it. Use Gulliksen-Lord-Novick or"
        " Hsu-Linn-Lord, and a comparison.",
    ),
)


def reason_for(part: str, estimator: str, circumstances: str) -> str | None:
    """The first reason of the part whose words are found in the method's name and in the circumstances."""
    for reason in REASONS:
        if reason.part == part and reason.method in estimator and reason.circumstances in circumstances:
            return reason.words
    return None
