"""Work out from the exported file how every target stands, with nothing of the program that made it.

    python recompute.py maaltal.json

Needs Python alone. For each target it reads the threshold, the direction, the least number of people and the indicator's
interval, and says met, not met or can't be said yet by the rule in docs/targets.md. Where the indicator is a share, the
interval itself is worked out again from the share and the number of people (Wilson 1927), and so is how far it would reach
had everybody whose answer is missing been counted. Exit code 1 where anything differs from what the file says.
"""

import json
import math
import sys
from pathlib import Path

Z = 1.959963984540054
TOLERANCE = 1e-9


def wilson(share, n):
    """The 95 per cent interval of a share of n people."""
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def standing(target):
    """Met, not met, or can't be said."""
    value = target["standing"]["value"]
    if "withheld" in value or value["n"] < target["minimum_n"]:
        return "cannot_be_said"
    low, high = value["ci_low"], value["ci_high"]
    if target["direction"] == "at_most":
        low, high, goal = -high, -low, -target["threshold"]
    else:
        goal = target["threshold"]
    if low >= goal:
        return "met"
    if value["highest"] is not None and target["direction"] == "at_least":
        high = max(high, value["highest"])
    return "not_met" if high < goal else "cannot_be_said"


def highest(value):
    """The upper end had everybody whose answer is missing been counted; 1 where the file doesn't say how many are."""
    if value["completeness"] is None:
        return 1.0
    n = value["n"]
    counted, missing = round(value["estimate"] * n), n - round(value["completeness"] * n)
    return wilson(min(counted + missing, n) / n, n)[1]


def differences(content):
    """What the file says otherwise than the rule."""
    found = []
    for target in content["targets"]:
        if target["standing"] is None:
            continue
        value = target["standing"]["value"]
        if target["unit"] == "share" and "withheld" not in value:
            low, high = wilson(value["estimate"], value["n"])
            if abs(low - value["ci_low"]) > TOLERANCE or abs(high - value["ci_high"]) > TOLERANCE:
                found.append(f"{target['code']}: the interval is {low} to {high}")
            if value["highest"] is not None and abs(highest(value) - value["highest"]) > TOLERANCE:
                found.append(f"{target['code']}: with all answers it would reach {highest(value)}")
        if standing(target) != target["standing"]["status"]:
            found.append(f"{target['code']}: {standing(target)}, and the file says {target['standing']['status']}")
    return found


def main(path):
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    found = differences(content)
    sys.stdout.write("\n".join(found or [f"{len(content['targets'])} targets: all as the file says."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
