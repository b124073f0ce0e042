"""Names for the demo's many citizens: given and family names put together by chance, so that they are nobody's."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

DANISH = (
    "Aksel Alma Annelise Asger Astrid Birgit Carsten Clara Connie Dorthe Ebbe Elin Emil Erik Flemming Frida Gerda Hanne "
    "Helle Ida Ivan Jette Johan Jytte Karla Kim Laila Leif Line Magnus Maja Margit Marius Morten Nanna Niels Ole Oskar "
    "Palle Poul Rikke Ronja Rune Sanne Silas Solveig Steen Susanne Sven Tina Tove Ulrik Vera Viggo Vivi",
    "Agerkær Askehøj Birkelund Brogård Bækdal Dalsted Elmegrav Engholt Fjordbak Fuglehøj Gammelmark Gravlund Havnsø "
    "Hasselbo Hedemark Holtegård Kirkebæk Klitmose Kærholt Lergrav Lundsted Lyngbæk Markvang Mosehøj Møllegrav Nørkær "
    "Ravndal Rosengrav Rugmark Sandbæk Skovmose Solhøj Stensbæk Søndermose Tinghøj Torpegård Vadkær Vestermose Østerkær",
)
FROM_ELSEWHERE = (
    (
        "Abdi Asha Farah Hodan Ifrah Liban Sahra Yasin",
        "Abdullahi Aden Farole Hirsi Jama Nuur Samatar",
    ),
    (
        "Andrij Bohdan Halyna Iryna Ljubov Mykola Olena Taras",
        "Bondar Hnatiuk Kovalenko Marchuk Ostapenko Savchuk",
    ),
    (
        "Ayşe Cem Elif Emine Hasan Murat Orhan Zeynep",
        "Arslan Bulut Ceylan Erdem Koç Polat Şahin",
    ),
    (
        "Fatima Hiba Karim Layla Omar Rami Samir Zainab",
        "Darwish Haidar Khalil Mansour Nassar Saleh",
    ),
    (
        "Agnieszka Dorota Jacek Marek Piotr Zofia",
        "Czarnecka Kubiak Lis Pawlak Wrona Zając",
    ),
    (
        "Aviâja Inuk Malik Nivi Paninnguaq Ujarak",
        "Fleischer Heilmann Kleist Lynge Petrussen",
    ),
)
SHARE_FROM_ELSEWHERE = 0.2


def invent_email(name: str) -> str:
    """The mail address of an invented person, in a domain that nobody can have."""
    plain = name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return f"{'.'.join(letters.split())}@borger.example"


def draw_names(rng: Random, *, taken: frozenset[str]) -> Iterator[str]:
    """Names without end, none of them twice and none of ``taken``."""
    used = set(taken)
    while True:
        given, family = rng.choice(FROM_ELSEWHERE) if rng.random() < SHARE_FROM_ELSEWHERE else DANISH
        name = f"{rng.choice(given.split())} {rng.choice(family.split())}"
        if name not in used:
            used.add(name)
            yield name
