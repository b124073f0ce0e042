"""How an outcome contract stands, in the words of every page, file and release that says it."""

from __future__ import annotations

from outcomes.errors import Sentence

AGREED_WORDS = {
    "met": Sentence("What was agreed is reached"),
    "not_met": Sentence("What was agreed isn't reached"),
    "cannot_be_said": Sentence("It can't be said yet whether what was agreed is reached"),
}
"""By the status that a frozen release holds."""
NOT_WORKED_OUT = Sentence("Nothing has been worked out yet")
