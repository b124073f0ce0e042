"""Whom a citizen can turn to, and who sees what they answer: people as they are named to a citizen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a citizen can call or write."""

    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who can see the answers."""

    name: str
    role: str | None = None


def read_contact(stored: Mapping[str, Any]) -> Contact | None:
    """The contact that an organisation gave, or None."""
    return Contact(stored["name"], stored.get("phone"), stored.get("email")) if stored.get("name") else None
