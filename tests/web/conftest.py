"""The site over a small library: JASMINE, some fictional studies, and records made to be awkward."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from equipoise import examples
from equipoise.actions.library import Library
from equipoise.actions.load import load_entries
from equipoise.actions.readings import save_curated
from equipoise.eligibility.format import from_json
from equipoise.exchange.files import Entry
from equipoise.store.load import Origin
from equipoise.web.patience import Buckets
from tests.making import record, site, updated

HOSTILE = '<script>alert("x")</script> & "quotes" \' </title>'
FICTIONAL = 60
COURSE = {"Budapest": (47.5, 19.04), "Győr": (47.68, 17.63)}


def hostile() -> bytes:
    """Everything a page shows, filled with what must never run."""
    return record(
        11,
        identificationModule={"briefTitle": HOSTILE, "acronym": "=X<b>", "orgStudyIdInfo": {"id": HOSTILE[:30]}},
        statusModule=updated("2026-01-02", whyStopped=HOSTILE),
        descriptionModule={"briefSummary": HOSTILE, "detailedDescription": HOSTILE},
        conditionsModule={"conditions": [HOSTILE], "keywords": [HOSTILE]},
        sponsorCollaboratorsModule={"leadSponsor": {"name": HOSTILE, "class": "OTHER"}},
        eligibilityModule={"eligibilityCriteria": f"Inclusion Criteria:\n\n* {HOSTILE}"},
        armsInterventionsModule={
            "armGroups": [{"label": HOSTILE, "type": "EXPERIMENTAL", "interventionNames": [f"Drug: {HOSTILE}"]}],
            "interventions": [{"type": "DRUG", "name": HOSTILE, "armGroupLabels": [HOSTILE]}],
        },
        outcomesModule={"primaryOutcomes": [{"measure": HOSTILE, "timeFrame": HOSTILE}]},
        contactsLocationsModule={"locations": [site(HOSTILE, 47.5, 19.04, country="Hungary", state="A/B-C")]},
        referencesModule={"seeAlsoLinks": [{"label": HOSTILE, "url": "javascript:alert(1)"}]},
    )


def bare() -> bytes:
    """A record with a title and nothing else."""
    return record(12)


def versions() -> Iterator[bytes]:
    for date, status in (("2025-01-01", "NOT_YET_RECRUITING"), ("2026-01-01", "RECRUITING")):
        yield record(
            13,
            identificationModule={"briefTitle": "Widgets in Hungary", "orgStudyIdInfo": {"id": "WIDGET-13"}},
            statusModule=updated(date, overallStatus=status),
            conditionsModule={"conditions": ["Widget Deficiency"]},
            contactsLocationsModule={
                "locations": [site(city, *point, country="Hungary", state="") for city, point in COURSE.items()]
            },
        )


def entries() -> Iterator[Entry]:
    records = [examples.jasmine(), hostile(), bare(), *versions(), *examples.fictional_studies(FICTIONAL)]
    return (Entry(where="test", raw=raw) for raw in records)


@pytest.fixture(scope="session")
def web_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("web")
    library = Library.open(home)
    load_entries(library, entries(), Origin("import", "test records", "2026-11-01T00:00:00+00:00"))
    curated = from_json(examples.jasmine_criteria())
    save_curated(library, curated, by=curated.by, at=curated.at)
    library.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_HOME", str(home))
        yield home


@pytest.fixture
def client(web_home: Path) -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def unrationed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many downloads as the test likes."""
    monkeypatch.setattr(Buckets, "take", lambda *_: 0.0)
