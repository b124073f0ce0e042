"""Whether a page still stands for what is kept: names for answers that tell nobody what they are, and what changed since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outcomes.instruments import NonAnswer, from_json, is_skipped, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.instruments.answers import Answer, Answers
    from outcomes.services.open_link import OpenLink, Ticket
    from outcomes.services.runtime import Runtime
    from outcomes.vault import Vault


def changed_since(
    runtime: Runtime, ticket: Ticket, opened: OpenLink, answers: Answers, seen: Mapping[str, str]
) -> list[str]:  # fmt: skip
    """The items among ``answers`` of which something else is kept than the page had seen, and than it sends. A page
    that doesn't say has seen nothing.

    What another browser gave counts as something else whatever it is: nobody can find it out by trying.
    """
    stored = {item: from_json(value) for item, value in (opened.draft or {}).items()}

    def is_kept(item: str, value: Answer) -> bool:
        return to_json(stored.get(item)) == to_json(value) and opened.answered_by.get(item) == ticket.browser_hash

    def is_seen(item: str) -> bool:
        nothing = digest_answer(runtime.vault, opened, item, None)
        return (seen.get(item) or nothing) == digest_answer(runtime.vault, opened, item, stored.get(item))

    return [item for item, value in answers.items() if not is_seen(item) and not is_kept(item, value)]


def digest_answers(vault: Vault, opened: OpenLink, answers: Answers) -> str:
    """A name for a set of answers, skipped ones left out: the same answers, the same name.

    Keyed and per occasion and respondent, so that a page can carry it without telling anybody what was answered.
    """
    given = {
        item: to_json(value) for item, value in answers.items() if isinstance(value, NonAnswer) or not is_skipped(value)
    }
    return _name(vault, opened, "review", given)


def digest_answer(vault: Vault, opened: OpenLink, item_id: str, value: Answer) -> str:
    """The same for one answer; skipped and not answered at all are the same nothing."""
    return _name(vault, opened, item_id, to_json(value))


def _name(vault: Vault, opened: OpenLink, what: str, content: Any) -> str:
    kind = f"{what}:{opened.occasion_id}:{opened.respondent_kind}:{opened.relation_id}"
    return vault.lookup_hash(json.dumps(content, sort_keys=True), kind=kind).hex()
