"""The demo worker's own citizens, invented: who they are, where their course is today, and their goals in own words.

``Moment`` puts one measurement of each near today, so that the worker's list has people who are overdue, who are to
answer now, who have begun, who come next week, and who have just answered.
"""

from __future__ import annotations

from dataclasses import dataclass

DEVELOP, MAINTAIN, LIMIT_LOSS = "develop", "maintain", "limit_loss"
WAITING, BEGUN, TODAY, YESTERDAY, LONG_AGO = "waiting", "begun", "today", "yesterday", "long_ago"


@dataclass(frozen=True, slots=True)
class Moment:
    """The measurement after ``months`` lies ``days`` from today (negative: before), and was answered as ``answer``."""

    months: int
    days: int
    answer: str


@dataclass(frozen=True, slots=True)
class Rating:
    """Where a goal stood ``months`` after the start, by whom, and what showed it."""

    months: int
    level: int
    note: str = ""
    by: str = "worker"


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """A goal in the citizen's words, with what the levels -2..+2 look like, and its ratings so far."""

    own_words: str
    kind: str
    levels: tuple[str, str, str, str, str]
    baseline: int
    ratings: tuple[Rating, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class OwnCitizen:
    """One of the demo worker's citizens. ``level`` (0-1) at the start and ``change`` in it go with what the goals tell."""

    name: str
    born: int
    living: str
    moment: Moment
    level: float
    change: float
    goals: tuple[OwnGoal, ...]
    locale: str | None = None
    """Only where they have chosen one."""


ALONE, WITH_OTHERS = "Alene", "Sammen med andre"
LIVING = {
    ALONE: {"da": "Alene", "en": "Alone"},
    WITH_OTHERS: {"da": "Sammen med andre", "en": "With others"},
}
"""What the ways to live are called in reports."""

CASELOAD = (
    OwnCitizen("Kirsten Bøgelund", 1958, ALONE, Moment(9, -1, WAITING), 0.36, 0.26, (
        OwnGoal(
            "Jeg vil handle ind selv, også når der er mange mennesker i butikken.", DEVELOP,
            (
                "Jeg kommer ikke i butikken",
                "Jeg handler kun, når en anden er med",
                "Jeg handler selv en gang om ugen på en stille tid",
                "Jeg handler selv to gange om ugen",
                "Jeg handler selv, når jeg har brug for det",
            ),
            -1,
            (
                Rating(2, -1, "Vi går derned sammen om tirsdagen."),
                Rating(5, 0, "Gik alene ind efter mælk, mens jeg ventede udenfor."),
                Rating(8, 1, "Mandag og torsdag, lige når de åbner.", "citizen"),
            ),
            2,
        ),
        OwnGoal(
            "Jeg vil blive ved med at synge i koret.", MAINTAIN,
            (
                "Jeg er holdt op i koret",
                "Jeg kommer der kun en gang imellem",
                "Jeg synger med de fleste onsdage",
                "Jeg synger med hver onsdag",
                "Jeg synger med og er med til at gøre klar",
            ),
            0,
            (Rating(3, 0), Rating(8, 0, "Sprang over to gange i vinter, men er tilbage.")),
        ),
    )),
    OwnCitizen("Jonas Hedelykke", 1994, ALONE, Moment(6, -2, BEGUN), 0.34, 0.10, (
        OwnGoal(
            "Jeg vil op om morgenen, så dagen ikke er gået, før jeg er i gang.", DEVELOP,
            (
                "Jeg står op efter kl. 14 de fleste dage",
                "Jeg står op omkring middag",
                "Jeg er oppe kl. 10 fire dage om ugen",
                "Jeg er oppe kl. 9 fire dage om ugen",
                "Jeg er oppe kl. 9 hver dag",
            ),
            -2,
            (Rating(2, -2), Rating(4, -1, "Vi ringer sammen kl. 10. Det virker de fleste dage.")),
        ),
    )),
    OwnCitizen("Ayaan Warsame", 1983, WITH_OTHERS, Moment(3, -12, WAITING), 0.40, 0.10, (
        OwnGoal(
            "Jeg vil åbne min post fra kommunen uden at få ondt i maven.", DEVELOP,
            (
                "Brevene ligger uåbnede i en pose",
                "Jeg åbner dem, når en anden sidder ved siden af",
                "Jeg åbner dem selv og ringer, hvis der er noget",
                "Jeg åbner dem selv og svarer på de lette",
                "Jeg klarer min post selv",
            ),
            -1,
            (Rating(2, -1, "Vi åbnede fire breve sammen. Der var ikke noget slemt i."),),
        ),
    )),
    OwnCitizen("Lone Vestkær", 1966, ALONE, Moment(6, -20, WAITING), 0.52, -0.08, (
        OwnGoal(
            "Jeg vil blive ved med at passe min hund og gå tur med den hver dag.", MAINTAIN,
            (
                "Hunden er hos min søster",
                "Andre går tur med den de fleste dage",
                "Jeg går tur med den hver dag",
                "Vi går en lang tur hver dag",
                "Vi går en lang tur og møder de andre i hundeskoven",
            ),
            0,
            (Rating(2, 0), Rating(5, -1, "Har haft influenza. Naboen gik med den i to uger.")),
            2,
        ),
    )),
    OwnCitizen("Mehmet Aksoy", 1972, ALONE, Moment(12, 4, WAITING), 0.34, 0.32, (
        OwnGoal(
            "Jeg vil tale mere med min søn, også når det er svært.", DEVELOP,
            (
                "Vi taler ikke sammen",
                "Vi skriver en gang imellem",
                "Vi taler i telefon en gang om ugen",
                "Vi ses hver anden uge",
                "Vi ses, når en af os har lyst",
            ),
            -2,
            (
                Rating(3, -1, "Han har svaret på en besked."),
                Rating(6, 0, "De ringer sammen om søndagen."),
                Rating(10, 1, "Vi spiser sammen hver anden lørdag.", "citizen"),
            ),
        ),
    )),
    OwnCitizen("Oksana Bilyk", 1979, WITH_OTHERS, Moment(6, -4, YESTERDAY), 0.42, 0.22, (
        OwnGoal(
            "I want to talk with my neighbours without an interpreter.", DEVELOP,
            (
                "I avoid them on the stairs",
                "I say hello",
                "I talk with one of them every week",
                "I have had coffee with one of them",
                "I help at the spring party in the yard",
            ),
            -1,
            (Rating(2, -1), Rating(5, 1, "Coffee at Grethe's. She wants to learn to make borscht.", "citizen")),
        ),
    ), locale="en"),
    OwnCitizen("Per Tranekær", 1951, ALONE, Moment(12, -1, TODAY), 0.52, -0.14, (
        OwnGoal(
            "Jeg vil kunne gå op ad trappen til min egen dør, så længe det kan lade sig gøre.", LIMIT_LOSS,
            (
                "Jeg kan ikke komme ud uden at blive båret",
                "Jeg kommer ud, når to hjælper",
                "Jeg kommer ud en gang om ugen, når en hjælper",
                "Jeg kommer ud to gange om ugen, når en hjælper",
                "Jeg går på trappen selv",
            ),
            1,
            (
                Rating(3, 1),
                Rating(7, 0, "Det tager længere tid nu, men vi kommer ud hver uge."),
                Rating(11, 0, "Ud hver torsdag. Vi holder pause på anden sal."),
            ),
        ),
    )),
    OwnCitizen("Sofie Lindehøj", 2001, WITH_OTHERS, Moment(3, 5, WAITING), 0.38, 0.08, (
        OwnGoal(
            "Jeg vil sove om natten og være vågen om dagen.", DEVELOP,
            (
                "Jeg er vågen næsten alle nætter",
                "Jeg sover efter kl. 3 de fleste nætter",
                "Jeg sover før kl. 1 fire nætter om ugen",
                "Jeg sover før midnat fire nætter om ugen",
                "Jeg sover om natten",
            ),
            -2,
            (Rating(2, -1, "Skærmen bliver i stuen. Det er svært, men det går."),),
        ),
    )),
    OwnCitizen("Bent Mølgrav", 1961, ALONE, Moment(9, 13, WAITING), 0.44, 0.03, (
        OwnGoal(
            "Jeg vil have styr på mine regninger, så strømmen ikke bliver lukket.", DEVELOP,
            (
                "Strømmen er lukket eller ved at blive det",
                "Jeg får rykkere hver måned",
                "Husleje og strøm bliver betalt til tiden",
                "Alle faste regninger bliver betalt til tiden",
                "Alt er betalt, og der er lidt tilbage",
            ),
            -2,
            (Rating(2, -1), Rating(5, 0, "Banken betaler dem nu."), Rating(8, -1, "En rykker i sidste måned.")),
            2,
        ),
    )),
    OwnCitizen("Amal Haddad", 1987, WITH_OTHERS, Moment(3, 12, WAITING), 0.42, 0.14, (
        OwnGoal(
            "Jeg vil lave mad, som mine børn kan lide, tre dage om ugen.", DEVELOP,
            (
                "Vi spiser hver for sig",
                "Jeg laver mad, når jeg har en god dag",
                "Jeg laver mad tre dage om ugen",
                "Jeg laver mad fem dage om ugen",
                "Vi laver mad sammen",
            ),
            -1,
            (Rating(1, -1), Rating(2, 0, "Den store skærer grøntsager.", "citizen")),
        ),
    )),
    OwnCitizen("Rasmus Dybdal", 1990, ALONE, Moment(9, -6, YESTERDAY), 0.32, 0.36, (
        OwnGoal(
            "Jeg vil tilbage på værkstedet et par formiddage om ugen.", DEVELOP,
            (
                "Jeg tænker ikke på værkstedet",
                "Jeg har været forbi for at sige hej",
                "Jeg er der en formiddag om ugen",
                "Jeg er der to formiddage om ugen",
                "Jeg er der tre formiddage eller mere",
            ),
            -2,
            (Rating(3, -1, "Vi kørte forbi. De kunne huske ham."), Rating(6, 0), Rating(8, 1, "Tirsdag og fredag.")),
        ),
    )),
    OwnCitizen("Inger Stenhave", 1948, ALONE, Moment(9, -40, LONG_AGO), 0.50, 0.02, (
        OwnGoal(
            "Jeg vil beholde min lejlighed og have den, så jeg tør åbne døren.", MAINTAIN,
            (
                "Jeg er ved at miste lejligheden",
                "Jeg åbner ikke, når det ringer på",
                "Der er ryddet, så jeg kan lukke folk ind",
                "Jeg har haft gæster",
                "Jeg har gæster hver måned",
            ),
            0,
            (Rating(3, 0), Rating(6, 0, "Vi tager stuen om onsdagen."), Rating(9, 1, "Niecen kom til kaffe.")),
        ),
    )),
    OwnCitizen("Tobias Grønhøj", 1998, ALONE, Moment(6, -38, LONG_AGO), 0.46, -0.34, (
        OwnGoal(
            "Jeg vil ringe til nogen, før det bliver for meget.", DEVELOP,
            (
                "Jeg lukker mig inde og slukker telefonen",
                "Jeg fortæller det bagefter",
                "Jeg ringer, når det er slemt",
                "Jeg ringer, når jeg kan mærke, at det begynder",
                "Jeg ved selv, hvad jeg kan gøre, og ringer, når jeg vil",
            ),
            -2,
            (Rating(2, -1), Rating(5, -1, "Fortalte om weekenden om mandagen. Vi aftalte et nummer på køleskabet.")),
        ),
        OwnGoal(
            "Jeg vil tage min medicin selv hver aften.", DEVELOP,
            (
                "Jeg tager den ikke",
                "Jeg tager den, når nogen minder mig om det",
                "Jeg tager den selv fem aftener om ugen",
                "Jeg tager den selv hver aften",
                "Jeg henter og tager den selv",
            ),
            -1,
            (Rating(2, -1), Rating(5, 0, "Alarm på telefonen kl. 21.")),
        ),
    )),
)  # fmt: skip
