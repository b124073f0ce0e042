"""The invented staff of the demo, and where they work. Every name, address and number is made up."""

from __future__ import annotations

from dataclasses import dataclass

TRIAL_SLUG = "btheb-trial"

ADULTS = "Voksenstøtte"
HOME_TEAM = "Bostøtteteamet"
ACTIVITY = "Aktivitet og samvær"
FAMILIES = "Børn og familier"
UNITS: tuple[tuple[str, str | None], ...] = (
    (ADULTS, None),
    (HOME_TEAM, ADULTS),
    (ACTIVITY, ADULTS),
    (FAMILIES, None),
)
"""Name and the unit above, which comes first."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider: its unit, places, and whether it has an address of its own."""

    name: str
    unit: str
    capacity: int | None
    has_address: bool = True


HOME_OFFER = Offer("Bostøtten i Solbjerg", HOME_TEAM, None, has_address=False)
STAIR_OFFER = Offer("Opgangsfællesskabet Møllebakken", ADULTS, 24)
CLOVER_OFFER = Offer("Hjemmestøtten Kløvermarken", ADULTS, 30, has_address=False)
RYE_OFFER = Offer("Støtteteamet Rugbakken", ADULTS, 25, has_address=False)
LINDEN_OFFER = Offer("Bofællesskabet Lindehøj", ADULTS, 28)
"""People's courses get worse there, from a day on: what supervision is to find."""
ELM_OFFER = Offer("Bostøtten på Elmevej", ADULTS, 16)
OAT_OFFER = Offer("Følgeskabet Havrevang", ADULTS, 14, has_address=False)
"""Few people, who differ much: what supervision isn't to take for a finding."""
FOREST_OFFER = Offer("Opgangen Skovbrynet", ADULTS, 12)
ACTIVITY_OFFER = Offer("Aktivitetshuset Kornloftet", ACTIVITY, 60)
FAMILY_OFFER = Offer("Familiehuset Åbrinken", FAMILIES, 12)
OFFERS = (
    HOME_OFFER, STAIR_OFFER, CLOVER_OFFER, RYE_OFFER, LINDEN_OFFER, ELM_OFFER, OAT_OFFER, FOREST_OFFER,
    ACTIVITY_OFFER, FAMILY_OFFER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff."""

    email: str
    name: str
    title: str
    role: str
    unit: str | None


def _worker(name: str, title: str, unit: str) -> Colleague:
    first = name.split(maxsplit=1)[0].lower().replace("ø", "oe").replace("æ", "ae").replace("å", "aa")
    return Colleague(f"{first}@solbjerg.example", name, title, "worker", unit)


WORKER = _worker("Mette Holmsted", "Socialpædagog", HOME_TEAM)
MANAGER = Colleague("leder@solbjerg.example", "Lars Bakkely", "Leder af Voksenstøtte", "manager", ADULTS)
ADMINISTRATOR = Colleague("admin@solbjerg.example", "Signe Ravnkær", "Systemansvarlig", "administrator", None)
HOME_WORKERS = (
    _worker("Yusuf Demirel", "Socialpædagog", HOME_TEAM),
    _worker("Gitte Lyngtoft", "Bostøtte", HOME_TEAM),
    _worker("Henrik Enggrav", "Bostøtte", HOME_TEAM),
    _worker("Pernille Vadsted", "Socialpædagog", HOME_TEAM),
    _worker("Kasper Tranholt", "Social- og sundhedsassistent", HOME_TEAM),
    _worker("Birthe Kildemark", "Bostøtte", HOME_TEAM),
)
ACTIVITY_WORKERS = (
    _worker("Anders Lykkehave", "Aktivitetsmedarbejder", ACTIVITY),
    _worker("Nadia Farouk", "Ergoterapeut", ACTIVITY),
    _worker("Ulla Bredmose", "Aktivitetsmedarbejder", ACTIVITY),
)
FAMILY_WORKERS = (_worker("Thea Skovlund", "Familiebehandler", FAMILIES),)
COLLEAGUES = (WORKER, MANAGER, ADMINISTRATOR, *HOME_WORKERS, *ACTIVITY_WORKERS, *FAMILY_WORKERS)

TRIAL_MANAGER = Colleague("leder@btheb.example", "Demoleder for forsøget", "Leder", "manager", None)

AUTHORITY_SLUG = "national"
AUTHORITY = Colleague("analyse@myndighed.example", "Ellen Fjordbak", "Chefkonsulent", "authority", None)
"""Reads what the demo's municipalities publish for it."""

CONTACT = {
    "name": "Borgerlinjen i Solbjerg Kommune (opdigtet)",
    "phone": "00 00 00 00",
    "email": "borgerlinjen@solbjerg.example",
    "hours": {"da": "Hverdage 9-15", "en": "Weekdays 9 am to 3 pm"},
}

PRIVACY = {
    "legal_basis": {
        "da": "Opdigtet til demoen: efter serviceloven og barnets lov.",
        "en": "Invented for the demo: by the Social Services Act and the Child's Act.",
        "ar": "مثال غير حقيقي: بموجب قانون الخدمات الاجتماعية وقانون الطفل في الدنمارك.",
        "uk": "Вигаданий приклад: за данськими законами про соціальні послуги та про дитину.",
        "pl": "Zmyślony przykład: zgodnie z duńską ustawą o usługach socjalnych i ustawą o dziecku.",
        "tr": "Uydurma örnek: Danimarka'nın sosyal hizmetler yasasına ve çocuk yasasına göre.",
        "so": "Tusaale la hindisay: sida uu qabo sharciga adeegyada bulshada iyo sharciga ilmaha ee Danmark.",
    },
    "kept_for": {
        "da": "Opdigtet til demoen: i fem år efter, at hjælpen er slut.",
        "en": "Invented for the demo: for five years after the help has ended.",
        "ar": "مثال غير حقيقي: لمدة خمس سنوات بعد انتهاء المساعدة.",
        "uk": "Вигаданий приклад: п'ять років після закінчення допомоги.",
        "pl": "Zmyślony przykład: przez pięć lat po zakończeniu pomocy.",
        "tr": "Uydurma örnek: yardım bittikten sonra beş yıl boyunca.",
        "so": "Tusaale la hindisay: shan sano ka dib marka caawimadu dhammaato.",
    },
    "adviser": {
        "name": "Databeskyttelsesrådgiveren i Solbjerg Kommune (opdigtet)",
        "phone": "00 00 00 00",
        "email": "raadgiver@solbjerg.example",
    },
}
"""How the demo municipality says that answers are handled; it stands on the citizens' first page."""
