"""A begun protocol has only the problems that it lists as things to do."""

from datetime import date

import pytest

from equipoise.conduct.protocol.model import ArmKind, Method
from equipoise.conduct.protocol.reading import examine
from equipoise.conduct.protocol.start import FactArm, Facts, FactSite, start_protocol
from equipoise.eligibility.format import from_json
from equipoise.examples import jasmine_criteria

TODAY = date(2026, 11, 23)
STUDY = Facts(
    title="A study: of #things [and] 'others'",
    sponsor="NO",
    registry="NCT00000001",
    acronym="TRY",
    phase="Phase 2",
    arms=(
        FactArm("Drug A (10 mg)", "EXPERIMENTAL", "Once a day"),
        FactArm("Drug A (20 mg)", "EXPERIMENTAL"),
        FactArm("Sugar", "PLACEBO_COMPARATOR"),
    ),
    masked=("PARTICIPANT", "INVESTIGATOR"),
    enrolment=90,
    outcomes=(("Pain on a scale", "at week 24"), ("Sleep", "12 weeks")),
    sites=(FactSite("A hospital", "Norway"), FactSite("Another: hospital", "Italy")),
    eligibility=from_json(jasmine_criteria()).criteria,
)
ALL = {
    "nothing known": Facts(),
    "a study": STUDY,
    "one arm": Facts(arms=(FactArm("Drug"),)),
    "no arm": Facts(arms=()),
    "labels of signs": Facts(title="?", arms=(FactArm("***"), FactArm("***")), masked=("PARTICIPANT",)),
    "an arm without intervention": Facts(arms=(FactArm("A"), FactArm("B", "NO_INTERVENTION")), masked=("PARTICIPANT",)),
}


@pytest.mark.parametrize("facts", ALL.values(), ids=ALL.keys())
def test_every_problem_left_is_listed_at_the_head(facts: Facts) -> None:
    text = start_protocol(facts, today=TODAY)
    head = " ".join(line.strip("# ") for line in text.split("\n\n")[0].splitlines())
    problems = examine(text).problems
    assert problems
    for each in problems:
        assert " ".join(f"TODO {each.path or 'protocol'}: {each.what} {each.why}".split()) in head
    assert head.count("TODO") == len({(each.path, each.what, each.why, each.do) for each in problems})


def test_what_the_registry_tells_is_in_it() -> None:
    text = start_protocol(STUDY, today=TODAY)
    consent = '  - {id: "1", label: First, valid_from: 2026-12-01}'
    text = text.replace("consent: []", f"consent:\n{consent}\nemergency: {{contact: '123'}}")
    protocol = examine(text).protocol
    assert protocol is not None, examine(text).problems
    assert (protocol.title, protocol.sponsor, protocol.registry) == (STUDY.title, "NO", "NCT00000001")
    assert [arm.id for arm in protocol.arms] == ["drug-a", "drug-a-2", "sugar"]
    assert protocol.arms[2].kind is ArmKind.PLACEBO_COMPARATOR
    assert protocol.allocation.method is Method.PERMUTED_BLOCKS
    assert (protocol.allocation.block_sizes, protocol.allocation.cap) == ((6, 9), 90)
    assert protocol.visits[-1].day == 24 * 7
    assert [site.country for site in protocol.sites] == ["Norway", "Italy"]
    assert [one.text for one in protocol.eligibility] == [one.text for one in STUDY.eligibility]
    assert "# Registered: Sleep (12 weeks)" in text
