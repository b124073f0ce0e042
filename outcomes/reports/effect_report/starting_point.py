"""Section: were the groups alike at the start, and who was lost?"""

from __future__ import annotations

from outcomes.analysis.evidence import LEAST_OVERLAP, MOST_IMBALANCE, FindingCode
from outcomes.analysis.results import BalanceRow, BalanceTable, MixedModelFit, WithheldReason
from outcomes.errors import Sentence
from outcomes.reports.charts.balance import BalanceChart, BalanceMark
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.words import Words, after
from outcomes.reports.parts import Cell, Column, Figure, Kind, LocalText, Points, Proportion, Table, Withheld

TOO_FEW = Sentence("too few to show")
Groups = tuple[LocalText | Sentence, LocalText | Sentence]


def starting_point_section(words: Words) -> Section:
    """Balance at the start between the groups, and between those who answered at the primary occasion and those lost."""
    balance, lost = words.estimate.balance, words.estimate.attrition.lost_compared
    tables, withheld = [], []
    figure = _figure(words, balance) if isinstance(balance, BalanceTable) else None
    if isinstance(balance, BalanceTable) and figure is None:
        tables.append(_balance_table(words, balance))
    elif not isinstance(balance, BalanceTable) and balance.code is not WithheldReason.NOT_PLANNED:
        withheld.append(words.named(balance.sentence))
    if isinstance(lost, BalanceTable):
        caption = Sentence("Those who answered %(after)s and those who didn't", after=after(words.primary_time))
        tables.append(_table(words, "lost", caption, lost, (Sentence("Answered"), Sentence("Not answered"))))
    else:
        withheld.append(lost.sentence)
    return Section(
        key="starting_point",
        title=Sentence("Where they started"),
        finding=_finding(words),
        body=(_explanation(words), *_overlap(words)) if tables or figure else (),
        figure=figure,
        tables=tuple(tables),
        withheld=tuple(withheld),
    )


def _balance_table(words: Words, balance: BalanceTable) -> Table:
    groups = (words.group("intervention"), words.group("comparison"))
    return _table(words, "balance", Sentence("The groups at the start"), balance, groups)


def _figure(words: Words, balance: BalanceTable) -> Figure | None:
    """How far the groups are apart in each characteristic that may be shown; None where none may."""
    marks = [(_label(words, row), row) for row in balance.rows if not row.hidden]
    if not marks:
        return None
    said = [Sentence("%(name)s: %(smd)s.", name=label, smd=Points(row.smd, 2)) for label, row in marks]
    return Figure(
        key="balance",
        title=_finding(words),
        subtitle=Sentence(
            "Difference at the start in standard deviations, %(ours)s less %(others)s. %(first)s and %(second)s people.",
            ours=words.group("intervention"),
            others=words.group("comparison"),
            first=balance.first_n,
            second=balance.second_n,
        ),
        description=join(Sentence("Dots beside a line at zero, with a band for what is small."), *said),
        caption=Sentence(
            "The band reaches %(limit)s to either side. A diamond lies outside it; hollow, where the model takes it into"
            " account.",
            limit=MOST_IMBALANCE,
        ),
        chart=BalanceChart(
            tuple(BalanceMark(label, row.smd, row.adjusted_for) for label, row in marks), MOST_IMBALANCE
        ),
        table=_balance_table(words, balance),
    )


def _overlap(words: Words) -> tuple[Sentence, ...]:
    """How many could have been in either group, where that has been worked out."""
    finding = next((each for each in words.estimate.evidence.findings if each.code is FindingCode.OVERLAP), None)
    if finding is None or finding.measured is None:
        return ()
    return (
        Sentence(
            "Overlap: %(percent)s per cent of the people could by what we have measured have been in either group (the limit"
            " is %(limit)s).",
            percent=round(100 * finding.measured),
            limit=round(100 * LEAST_OVERLAP),
        ),
    )


def _label(words: Words, row: BalanceRow) -> LocalText | Sentence:
    name = words.characteristic(row.name)
    if row.level is None:
        return name
    return Sentence("%(name)s: %(level)s", name=name, level=words.category(row.name, row.level))


def _explanation(words: Words) -> Sentence:
    if isinstance(words.estimate.model, MixedModelFit):
        return Sentence(
            "The difference is counted in standard deviations. Under %(limit)s is small; what the model adjusts for may"
            " be larger.",
            limit=MOST_IMBALANCE,
        )
    return Sentence(
        "The difference is counted in standard deviations. Under %(limit)s is small. No model has been fitted, so nothing is"
        " adjusted for.",
        limit=MOST_IMBALANCE,
    )


def _finding(words: Words) -> Sentence:
    balance = words.estimate.balance
    if not isinstance(balance, BalanceTable):
        if words.has_comparison:
            return Sentence("There are too few people to compare the groups at the start")
        return Sentence("There is no other group to compare the starting point with")
    if balance.largest <= MOST_IMBALANCE:
        return Sentence("The groups were alike at the start in everything we have measured")
    if not isinstance(words.estimate.model, MixedModelFit):
        return Sentence("The groups differed at the start")
    if balance.largest_unadjusted <= MOST_IMBALANCE:
        return Sentence("The groups differed at the start, and the model takes that into account")
    return Sentence("The groups differed at the start in something that the model doesn't take into account")


def _table(words: Words, key: str, caption: Sentence, balance: BalanceTable, groups: Groups) -> Table:
    return Table(
        key=key,
        caption=caption,
        columns=(
            Column("name", Sentence("Name in the data"), on_page=False),
            Column("level_code", Sentence("Level in the data"), on_page=False),
            Column("characteristic", Sentence("Characteristic")),
            Column("first", Sentence("%(group)s (n = %(n)s)", group=groups[0], n=balance.first_n), Kind.NUMBER),
            Column("first_sd", Sentence("SD, first group"), Kind.NUMBER, on_page=False),
            Column("second", Sentence("%(group)s (n = %(n)s)", group=groups[1], n=balance.second_n), Kind.NUMBER),
            Column("second_sd", Sentence("SD, second group"), Kind.NUMBER, on_page=False),
            Column("smd", Sentence("Difference (SD)"), Kind.NUMBER, 2),
            Column("adjusted_for", Sentence("In the model"), on_page=key == "balance"),
        ),
        rows=tuple(_row(words, balance, i) for i in range(len(balance.rows))),
    )


def _row(words: Words, balance: BalanceTable, i: int) -> tuple[Cell, ...]:
    row = balance.rows[i]
    return (
        row.name,
        row.level or "",
        _label(words, row),
        _value(row.first, row.level),
        row.first_sd,
        _value(row.second, row.level),
        row.second_sd,
        Withheld(TOO_FEW, TOO_FEW) if row.hidden else row.smd,
        Sentence("yes") if row.adjusted_for else Sentence("no"),
    )


def _value(value: float | None, level: str | None) -> Cell:
    if value is None:
        return Withheld(TOO_FEW, TOO_FEW)
    return value if level is None else Proportion(value)
