"""What a fictional study is, decided before a word of it is written."""

from random import Random

import msgspec

from equipoise.examples.chance import skewed, sometimes, weighted
from equipoise.examples.tables import Area, Condition, SponsorRow, Treatment, areas, conditions, words
from equipoise.examples.times import Times, times

_TYPES = {"INTERVENTIONAL": 75, "OBSERVATIONAL": 22, "EXPANDED_ACCESS": 3}
_STATUSES = {
    "COMPLETED": 54,
    "UNKNOWN": 13,
    "RECRUITING": 14,
    "TERMINATED": 6,
    "NOT_YET_RECRUITING": 4.5,
    "ACTIVE_NOT_RECRUITING": 4.5,
    "WITHDRAWN": 2.8,
    "ENROLLING_BY_INVITATION": 1,
    "SUSPENDED": 0.6,
}
_EXPANDED = {
    "AVAILABLE": 30,
    "NO_LONGER_AVAILABLE": 35,
    "APPROVED_FOR_MARKETING": 30,
    "TEMPORARILY_NOT_AVAILABLE": 5,
}
_PHASES = {
    ("EARLY_PHASE1",): 3,
    ("PHASE1",): 19,
    ("PHASE1", "PHASE2"): 7,
    ("PHASE2",): 29,
    ("PHASE2", "PHASE3"): 3,
    ("PHASE3",): 22,
    ("PHASE4",): 17,
}
_NO_PHASE = ("NA",)
_PEOPLE = {"PHASE1": 32, "EARLY_PHASE1": 16, "PHASE2": 85, "PHASE3": 340, "PHASE4": 110, "NA": 72, "": 190}
_SITES = {"PHASE1": 2, "EARLY_PHASE1": 1.2, "PHASE2": 7, "PHASE3": 20, "PHASE4": 3, "NA": 1.7, "": 2}
_MEDICINES = frozenset({"mab", "limab", "tuzumab", "cept", "vac", "globin", "factor"})


class Large(msgspec.Struct, frozen=True):
    """A study whose size is set and not drawn, so that pages of hundreds of sites are always there to look at."""

    sites: int
    condition: str
    status: str = "RECRUITING"


LARGE = {1: Large(218, "Dermatomyositis"), 2: Large(444, "Alzheimer Disease")}
LARGEST_DRAWN = 320


class Plan(msgspec.Struct, frozen=True):
    number: int
    condition: Condition
    area: Area
    study_type: str
    phases: tuple[str, ...]
    status: str
    times: Times
    purpose: str
    lead: Treatment
    sponsor: SponsorRow
    people: int
    sites: int
    weeks: int

    @property
    def interventional(self) -> bool:
        return self.study_type == "INTERVENTIONAL"

    @property
    def expanded(self) -> bool:
        return self.study_type == "EXPANDED_ACCESS"

    @property
    def medicine(self) -> bool:
        return self.lead.type in ("DRUG", "BIOLOGICAL")

    @property
    def opening(self) -> bool:
        return self.status in ("RECRUITING", "NOT_YET_RECRUITING", "AVAILABLE")


def plan(rng: Random, number: int) -> Plan:
    """The study with this place in the sample, counted from one."""
    large = LARGE.get(number)
    condition = _condition(rng, large)
    area = areas()[condition.area]
    study_type = "INTERVENTIONAL" if large else weighted(rng, _TYPES)
    medicine = bool(large) or study_type == "EXPANDED_ACCESS" or sometimes(rng, 0.58)
    phases = _phases(rng, study_type, medicine=medicine, large=bool(large))
    status = large.status if large else weighted(rng, _EXPANDED if study_type == "EXPANDED_ACCESS" else _STATUSES)
    sponsor = _sponsor(rng, industry=0.6 if medicine and study_type != "OBSERVATIONAL" else 0.12)
    sites = large.sites if large else _sites(rng, phases, sponsor, status)
    return Plan(
        number=number,
        condition=condition,
        area=area,
        study_type=study_type,
        phases=phases,
        status=status,
        times=times(rng, status),
        purpose=weighted(rng, area.purposes),
        lead=invented(rng, area) if medicine else rng.choice(area.others),
        sponsor=sponsor,
        people=_people(rng, phases, status, sites),
        sites=sites,
        weeks=rng.choice((4, 8, 12, 12, 16, 24, 24, 26, 36, 52, 52, 104)),
    )


def invented(rng: Random, area: Area) -> Treatment:
    """A medicine that does not exist, with the kind of name and code that its field gives to those that do."""
    ending = rng.choice(area.endings)
    name = rng.choice(words().stems) + ending
    return Treatment(
        type="BIOLOGICAL" if ending in _MEDICINES else "DRUG",
        name=name.capitalize(),
        description=f"{name.capitalize()}, {rng.choice(words().routes)}. This medicine is invented.",
        other_names=(f"FIC-{rng.randint(100, 9999):04d}",) if sometimes(rng, 0.6) else (),
    )


def _condition(rng: Random, large: Large | None) -> Condition:
    rows = conditions().conditions
    if large:
        return next(row for row in rows if row.name == large.condition)
    return rng.choices(rows, [row.weight for row in rows])[0]


def _phases(rng: Random, study_type: str, *, medicine: bool, large: bool) -> tuple[str, ...]:
    if study_type != "INTERVENTIONAL":
        return ()
    if large:
        return ("PHASE3",)
    return weighted(rng, _PHASES) if medicine else _NO_PHASE


def _sponsor(rng: Random, *, industry: float) -> SponsorRow:
    wanted = sometimes(rng, industry)
    rows = {row: row.weight for row in words().sponsors if (row.class_ == "INDUSTRY") == wanted}
    return weighted(rng, rows)


def _sites(rng: Random, phases: tuple[str, ...], sponsor: SponsorRow, status: str) -> int:
    if sometimes(rng, 0.04):
        return 0
    middle = _SITES[phases[-1] if phases else ""] * (2 if sponsor.class_ == "INDUSTRY" else 1)
    drawn = skewed(rng, middle, 1.25, 1, 3 if status == "WITHDRAWN" else 9999)
    return drawn if drawn <= LARGEST_DRAWN else rng.randint(100, LARGEST_DRAWN)


def _people(rng: Random, phases: tuple[str, ...], status: str, sites: int) -> int:
    if status == "WITHDRAWN":
        return 0
    drawn = skewed(rng, _PEOPLE[phases[-1] if phases else ""], 1.0, 5, 60000)
    wanted = max(drawn, sites * 2 if sites < 100 else sites * rng.randint(2, 6))
    return max(2, wanted // rng.randint(2, 8)) if status == "TERMINATED" else wanted
