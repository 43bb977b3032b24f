"""A trial of full size as a state, without a log: JASMINE with 240 participants at 218 sites and some 40,000 forms."""

import datetime
import functools
import random
from decimal import Decimal

from immutables import Map
from msgspec.structs import replace

from equipoise.conduct import events as did
from equipoise.conduct.masking import Held, Viewer
from equipoise.conduct.participant import (
    Attendance,
    Consent,
    Ended,
    Participant,
    Place,
    Reported,
    Screening,
    Sheet,
    Signature,
)
from equipoise.conduct.protocol.model import Form, Kind, Protocol, Recruitment
from equipoise.conduct.protocol.schedule import PlannedVisit, planned_visits
from equipoise.conduct.roles import SEALED, Role
from equipoise.conduct.trial import Query, Site, Trial
from equipoise.kernel.truth import Truth
from tests.protocols import jasmine_protocol

DAY = datetime.date(2027, 9, 1)
MOMENT = "2026-03-02T09:00:00.000000Z"


def viewer(role: Role, site: str = "") -> Viewer:
    return Viewer(role.value, role.value, (Held(role, site),))


@functools.cache
def large_trial() -> Trial:
    """240 randomised and 120 screened out, at 218 sites; every past visit done, every form filled in and signed."""
    rng = random.Random(6455449)
    protocol = replace(jasmine_protocol(), recruitment=Recruitment(Decimal(10), 24))
    names = [f"{number:03d}" for number in range(1, 219)]
    sites = {name: Site(name, f"Site {name}", "DE", "Europe/Berlin", 2, True, MOMENT) for name in names}
    people = {one.id: one for one in (_one(protocol, number, names, rng) for number in range(360))}
    came = [one for one in people.values() if one.is_randomised]
    order = tuple(one.id for one in sorted(came, key=lambda one: one.number))
    kits = {kit: people[name].site for name in order for kit in people[name].kits}
    return Trial(
        id=protocol.id,
        position=50_000,
        opened=MOMENT,
        version=protocol.version,
        protocols={protocol.version: protocol},
        sites=sites,
        participants=Map(people),
        order=order,
        received=Map(kits),
        queries=Map(_queries(people)),
    )


def _one(protocol: Protocol, number: int, names: list[str], rng: random.Random) -> Participant:
    site = names[number % len(names)]
    consent = Consent(protocol.consent[0].id, datetime.date(2026, 3, 3), protocol.version)
    came = datetime.date(2026, 3, 10) + datetime.timedelta(days=number)
    one = Participant(f"{site}-{number // len(names) + 1:03d}", site, MOMENT, consents=(consent,))
    findings = (did.Finding(protocol.eligibility[0].id, Truth.TRUE),)
    if number % 3 == 2:
        failed = Screening(came, Truth.FALSE, findings, "not-eligible", (protocol.eligibility[0].id,))
        return replace(one, screenings=(failed,))
    visits = {visit.id: visit for visit in planned_visits(protocol)}
    past = [visit for visit in visits.values() if came + datetime.timedelta(days=visit.last) < DAY]
    order = number - number // 3
    return replace(
        one,
        screenings=(Screening(came, Truth.TRUE, findings),),
        levels={"disease": "pm", "ocs": "yes"},
        levels_true={"disease": "pm", "ocs": "yes"},
        randomised=MOMENT,
        randomised_on=came,
        number=order + 1,
        kits=Map({f"{order * 40 + place:07d}": visit.id for place, visit in enumerate(past) if visit.dispense}),
        visits={visit.id: Attendance(came + datetime.timedelta(days=visit.day)) for visit in past},
        sheets={Place(visit.id, form.id): _sheet(form, rng) for visit in past for form in _forms(protocol, visit)},
        adverse={place: _adverse(place, came, rng) for place in range(1, rng.randrange(8))},
        stopped=(came, "Pregnancy wish") if number % 20 == 0 else None,
        ends=(Ended("withdrew", DAY),) if number % 25 == 0 else (),
    )


def _forms(protocol: Protocol, visit: PlannedVisit) -> list[Form]:
    return [form for form in protocol.forms if form.id in visit.forms]


def _sheet(form: Form, rng: random.Random) -> Sheet:
    open_fields = [field for field in form.fields if field.information not in SEALED]
    values = {field.id: "yes" if field.kind is Kind.YES_NO else str(rng.randrange(100)) for field in open_fields}
    signature = Signature("investigator", MOMENT, "Correct and complete", "0" * 64)
    return Sheet(values, {}, MOMENT, "coordinator", signature if rng.random() < 0.98 else None)


def _adverse(number: int, came: datetime.date, rng: random.Random) -> Reported:
    seriousness = (did.Seriousness.HOSPITALISATION,) if rng.random() < 0.1 else ()
    started = came + datetime.timedelta(days=number * 10)
    told = did.AdverseEvent(
        rng.choice(("Headache", "Shingles", "Cough", "Redness")),
        started,
        started,
        rng.choice(list(did.Severity)),
        rng.choice(list(did.Causality)),
        rng.choice([did.Outcome.RECOVERED, did.Outcome.NOT_RECOVERED]),
        seriousness,
        reaction=rng.random() < 0.2,
    )
    return Reported(told)


def _queries(people: dict[str, Participant]) -> dict[str, Query]:
    found = {}
    for number, one in enumerate(one for one in people.values() if one.sheets):
        for place in list(one.sheets)[:10]:
            name = f"Q{len(found) + 1}"
            closed = MOMENT if number % 10 else ""
            found[name] = Query(name, one.id, place, "", "Is this right?", "monitor", MOMENT, closed=closed)
    return found
