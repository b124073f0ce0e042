"""An attack on everything that a manager can open about one intervention: from all of it together no group of one to four
people is found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import product
from uuid import uuid4

import numpy as np
import pytest
from scipy.optimize import linprog
from sqlalchemy import text

from outcomes.analysis.population import Population
from outcomes.models import TargetGroup
from outcomes.reports.plain import to_plain
from outcomes.services.build_report import build_report, read_period, render_report
from outcomes.services.list_interventions import Grouping, OverviewQuestion, list_interventions
from outcomes.services.read_coverage import read_coverage
from outcomes.services.read_learning import read_learning
from outcomes.services.read_need_map import read_need_map
from outcomes.services.read_part_report import read_part_report, render_part
from outcomes.services.read_targets import read_targets
from outcomes.services.set_target import set_target
from outcomes.services.store_results import store_results
from outcomes.store import targets
from tests.integration.builders import add_staff
from tests.integration.wishes.test_overview import add_people, course, move
from tests.integration.wishes.test_targets import TARGET

__all__ = ["course"]  # a fixture
pytestmark = pytest.mark.database

STATES = ("better", "unchanged", "worse", "silent")
"""What became of somebody whose time has come; everybody's has."""
SUMS = {"begun": STATES, "due": STATES, "answered": STATES[:3]} | {state: (state,) for state in STATES[:3]}
SUMS |= {"not_answered": ("silent",), "success": ("better",)}
FEWEST = 5


@pytest.fixture
def world(runtime, course):
    """Three providers and three target groups, some with few people and some of whom few haven't answered; gives the truth:
    people by provider, target group and what became of them."""
    cases = add_people(runtime, course, better=30, same=26, worse=12, silent=12)
    places = {
        "Skovhuset": [*cases[:10], *cases[30:42], *cases[56:61], *cases[68:70]],
        "Strandhuset": [*cases[10:18], *cases[42:48], *cases[61:63], *cases[70:76]],
    }
    for name, people in places.items():
        move(runtime, course, people, name)
    groups = {
        "unge": [*cases[:15], *cases[30:40], *cases[56:62], *cases[68:73]],
        "voksne": [*cases[15:25], *cases[40:52], *cases[62:68], *cases[73:80]],
        "gamle": [*cases[25:27], cases[52]],
    }
    with runtime.database.transaction(course.tenant.scope) as session:
        for code, people in groups.items():
            made = uuid4()
            session.add(
                TargetGroup(
                    id=made, organisation_id=course.tenant.organisation_id, code=code, title={"da": code.title()},
                    valid_from=date(2020, 1, 1),
                )
            )  # fmt: skip
            session.flush()
            session.execute(
                text("UPDATE episode SET target_group_id = :id WHERE id = ANY(:episodes)"),
                {"id": made, "episodes": [case.episode_id for case in people]},
            )
        session.commit()
    manager = add_staff(runtime, course.tenant, "manager", email="manager@example.org")
    for target_group in ("", "unge", "voksne"):
        written = replace(TARGET, minimum_n="10", target_group=target_group, title=f"Bedre {target_group}")
        set_target(runtime, manager, written)
    store_results(runtime, course.tenant.scope)
    truth = dict.fromkeys(product(("Havnehuset", *places), (*groups, ""), STATES), 0)
    for number, case in enumerate(cases):
        state = STATES[(number >= 30) + (number >= 56) + (number >= 68)]
        place = next((name for name, people in places.items() if case in people), "Havnehuset")
        truth[place, next((code for code, people in groups.items() if case in people), ""), state] += 1
    return truth


def test_all_pages_together_tell_of_no_small_group(runtime, course, world):
    known = [found for found in read_everything(runtime, course.tenant.scope) if found[2] is not None]
    assert len({(part, what) for part, what, _, _ in known}) > 15
    wrong = [found for found in known if abs(true_count(world, *found[:2]) - found[2]) > 1e-6]
    assert not wrong, "what the test reads off a page is what it thinks it is"
    assert find_small(world, known) == [], [found for found in known if found[0] in {"unge", "voksne", "gamle", "none"}]
    leaky = [*known, ("Skovhuset", "begun", true_count(world, "Skovhuset", "begun"), "a leak")]
    assert ("Skovhuset", "not_answered") in find_small(world, leaky), "the attacker would find one"


def belongs(part, cell):
    return part in {"", cell[0], cell[1]} if part != "none" else not cell[1]


def row_of(world, part, what):
    return np.array([float(belongs(part, cell) and cell[2] in SUMS[what]) for cell in world])


def true_count(world, part, what):
    return float(row_of(world, part, what) @ np.array(list(world.values())))


def find_small(world, known):
    """Groups of one to four people of whom a reader can tell more than that there are none to four."""
    matrix = np.array([row_of(world, part, what) for part, what, _, _ in known])
    values = np.array([count for _, _, count, _ in known])
    parts = sorted({name for cell in world for name in cell[:2] if name})
    found = []
    for part, what in product(["", *parts], SUMS):
        if part == "" or not 0 < true_count(world, part, what) < FEWEST:
            continue  # who everybody is stays as it was decided
        aim = row_of(world, part, what)
        low, high = (linprog(sign * aim, A_eq=matrix, b_eq=values, method="highs") for sign in (1, -1))
        if low.fun > 1e-6 or -high.fun < FEWEST - 1 - 1e-6:
            found.append((part, what))
    return found


def read_everything(runtime, scope):
    """Every count that is shown: of whom ("" for everybody), of what, how many (None: withheld), and where."""
    yield from read_overview(runtime, scope)
    yield from read_report(runtime, scope)
    with runtime.database.transaction(scope) as session:
        places = targets.list_provider_names(session)
    period = read_period(runtime, scope, intervention_slug="hverdag")
    parts = {name: Population("hverdag", provider_id=each) for each, name in places.items()}
    parts |= {code: Population("hverdag", target_group=code) for code in ("unge", "voksne", "gamle")}
    for name, part in parts.items():
        told = json.loads(render_part(read_part_report(runtime, scope, part=part, period=period), "json", "en").content)
        tables = {key: table for section in told["sections"].values() for key, table in section["tables"].items()}
        for row, what in zip(tables["flow"], ("begun", "due", "answered"), strict=True):
            yield name, what, shown(row["n"]), "part"
        for row in tables.get("progression", ()):
            if row["key"] in SUMS:
                yield name, row["key"], shown(row.get("n")), "part"
    for name, counts in read_tables(to_plain(read_learning(runtime, scope, intervention_slug="hverdag"), "en")):
        yield from ((name, what, count, "learning") for what, count in counts.items())
    for row in to_plain(read_coverage(runtime, scope), "en")["rows"]:
        yield row["pair"][0] or "none", "begun", shown(row["people"]), "coverage"
    for panel in to_plain(read_need_map(runtime, scope), "en")["panels"]:
        yield panel["pair"][0] or "none", "begun", shown(panel["rows"][0]["n"]), "need"
    for target in read_targets(runtime, scope).targets:
        name = target.provider or target.target_group or ""
        yield name, "answered", getattr(target.standing.value, "n", None), "targets"


def shown(value):
    return value if isinstance(value, int | float) else None


def read_overview(runtime, scope):
    period = read_period(runtime, scope).in_whole_quarters()
    for grouping in Grouping:
        page = list_interventions(runtime, scope, period, OverviewQuestion(grouping=grouping))
        for row in page.rows:
            name = {"Unge": "unge", "Voksne": "voksne", "Gamle": "gamle"}.get(str(row.part), str(row.part or ""))
            figures = {figure.key: figure for figure in row.figures}
            yield name, "begun", shown(figures["begun"].value), "overview"
            yield name, "due", row.total, "overview"
            yield name, "answered", row.answered, "overview"
            for what, share in (("better", "better"), ("unchanged", "same"), ("worse", "worse")):
                value = getattr(row.shares, share, None)
                if value is not None and row.total:
                    yield name, what, value * row.total, "overview"


def read_report(runtime, scope):
    told = json.loads(render_report(build_report(runtime, scope, intervention_slug="hverdag"), "json", "en").content)
    (whole,) = told["progression"]
    for key in ("n_started", "n_due", "better", "unchanged", "worse", "not_answered"):
        yield "", {"n_started": "begun", "n_due": "due"}.get(key, key), shown(whole[key]), "report"
    for row in told["people"]:
        if row["part"] in {"provider", "target_group"}:
            yield row["level_code"] or "none", "begun", shown(row["n"]), "report"
    for row in told.get("subgroups", ()):
        yield row["level_code"] or "none", "answered", shown(row["n"]), "report"
    for row in told.get("providers", ()):
        yield row["provider"], "answered", shown(row["n"]), "report"


def read_tables(page):
    """The learning meeting's tables of parts, by the part's name."""
    tables = [*page["groups"], page["roll_out"]["providers"]]
    for table in filter(None, tables):
        keys = [column["key"] for column in table["columns"]]
        for row in table["rows"]:
            name = row[0] if isinstance(row[0], str) else "none"
            name = name.lower() if name in {"Unge", "Voksne", "Gamle"} else name
            counts = {key: shown(cell) for key, cell in zip(keys, row, strict=True) if key in SUMS}
            of = counts.get("due")
            for key in ("better", "worse"):  # shares of those whose time has come
                if counts.get(key) is not None:
                    counts[key] = counts[key] * of if of else None
            yield name, counts
