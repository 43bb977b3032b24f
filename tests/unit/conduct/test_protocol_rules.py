"""Every rule fires on JASMINE changed in one place, and names the line of the change; JASMINE itself is sound."""

from typing import NamedTuple

import msgspec
import pytest

from equipoise.conduct.protocol.fitting import fit
from equipoise.conduct.protocol.lines import read_lines
from equipoise.conduct.protocol.lint import NAMES, PRACTICE
from equipoise.conduct.protocol.model import Protocol
from equipoise.conduct.protocol.problem import Problem, Severity
from equipoise.conduct.protocol.reading import examine
from equipoise.conduct.protocol.rules.known import known_of
from tests.protocols import changed, jasmine_text, line_of, problems_of


class Case(NamedTuple):
    """``old`` becomes ``new``; a problem with ``words`` stands on the line on which ``at`` begins in the new text."""

    old: str
    new: str
    words: str
    at: str
    severity: Severity = Severity.ERROR


WARNING = Severity.WARNING
BLOCKS = "  method: permuted-blocks\n  ratio: {anifrolumab: 1, placebo: 1}\n  cap: 240\n  block_sizes: [4, 6]\n"


def _method(lines: str) -> str:
    return f"  ratio: {{anifrolumab: 1, placebo: 1}}\n  cap: 240\n{lines}"


NAMING = (
    Case("equipoise-protocol/1", "equipoise-protocol/2", "is not a format we know", "format:"),
    Case("  - id: week-2\n", "  - id: week 2\n", "'week 2' cannot be an id", "  - id: week 2"),
    Case("- {id: lung,", "- {id: lung.left,", "'lung.left' cannot be an id", "- {id: lung.left"),
    Case("- {id: lung,", f"- {{id: {'l' * 41},", "cannot be an id", "- {id: lll"),
    Case("- {id: lung,", "- {id: hiv,", "is the id of forms[2].fields[4] already", "- {id: hiv, label: Inter"),
    Case(
        "  - id: week-64\n", "  - id: week-52\n", "is the id of visits[7] already", "  - id: week-52\n    label: Week {"
    ),
    Case("  - id: week-100\n", "  - id: week-12-3\n", "is what week-12 is called on day 140", "  - id: week-12-3"),
    Case("- {id: lung,", "- {id: today,", "cannot be the id of a field", "- {id: today"),
    Case("label: Placebo\n", 'label: ""\n', "is empty", 'label: ""'),
    Case("sponsor: AstraZeneca", "sponsor: ' '", "is empty", "sponsor:"),
)
REFERENCES = (
    Case("placebo: 1}", "plazebo: 1}", "'plazebo' is not an arm. Did you mean 'placebo'?", "  ratio:"),
    Case("placebo: 1}", "plazebo: 1}", "placebo has no number in the ratio", "  - id: placebo"),
    Case("    kit: B\n", "    kit: D\n", "'D' is not a kind of kit. There are: A, B, O.", "    kit: D"),
    Case("    kit: O\n", "    kit: P\n", "'P' is not a kind of kit", "    kit: P"),
    Case("forms: [injections, reactions]", "forms: [injektions]", "Did you mean 'injections'?", "forms: [injektions]"),
    Case("forms: [injections, reactions]", "forms: [reactions, reactions]", "is named twice", "forms: [reactions,"),
    Case("diagnosis.disease", "diagnosis.diseases", "Did you mean 'diagnosis.disease'?", "field: diagnosis.diseases"),
    Case(
        "only_if: {field: given, equals: no}",
        "only_if: {field: give, equals: no}",
        "'give' is not another field",
        "- {id: why-not",
    ),
    Case(
        "only_if: {field: given, equals: no}",
        "only_if: {field: given, equals: nope}",
        "'nope' is not an answer to given",
        "- {id: why-not",
    ),
    Case("left: diastolic", "left: diastole", "Did you mean 'diastolic'?", "left: diastole"),
    Case(
        "right: systolic", "right: tomorrow", "'tomorrow' is not a field of this form, a day, or baseline", "right: tom"
    ),
    Case("instrument: mmt-8", "instrument: mmt-9", "'mmt-9' is not an instrument we have", "instrument: mmt-9"),
    Case("variable: skin.cdasi", "variable: skin.cdasy", "Did you mean 'skin.cdasi'?", "variable: skin.cdasy"),
    Case("visit: week-8\n", "visit: week-9\n", "'week-9' is not a visit of the schedule", "visit: week-9"),
    Case("within: disease=pm", "within: disease=mp", "'disease=mp' is not a factor=level", "within: disease=mp"),
    Case(
        "unless: {field: assessment.phga", "unless: {field: phga", "'phga' is not a form.field", "unless: {field: phga"
    ),
    Case("- endpoint: strength", "- endpoint: strong", "'strong' is not an endpoint", "- endpoint: strong"),
    Case(
        "event: participant-died",
        "event: participant-dies",
        "Did you mean 'participant-died'?",
        "- {event: participant-dies",
    ),
    Case("event: course.rescue", "event: course.rescued", "is not a form.field", "- {event: course.rescued"),
)
MASKING = (
    Case("    kit: B\n", "", "placebo has no kit, so what is dispensed would tell the arm", "  - id: placebo"),
    Case("    kit: B\n", "    kit: A\n", "A is the kit of anifrolumab too", "    kit: A\n\nperiods"),
    Case(
        "kind: placebo-comparator",
        "kind: no-intervention",
        "has no intervention: participants would know",
        "  - id: placebo",
    ),
    Case(
        "    kit: O\n",
        "    kit: A\n",
        "A is the kit of anifrolumab too: handed out openly",
        "    kit: A\n  - id: follow",
    ),
    Case("{id: A, holds", "{id: placebo-pens, holds", "'placebo-pens' names an arm", "- {id: placebo-pens"),
    Case(
        'injection under the skin", doses: 4}\n    - {id: O',
        'injection under the skin", doses: 3}\n    - {id: O',
        "Kit B differs from kit A in its doses or its return",
        "- {id: B",
    ),
    Case(
        'emergency:\n  contact: "+44 20 7946 0999, day and night (fictional)"\n  view_minutes: 10\n',
        "",
        "A masked trial needs a way to break the code",
        "format:",
    ),
    Case(
        "    to_day: 363\n",
        "    to_day: 363\n    treatment: Anifrolumab or placebo\n",
        "masked is masked and states its treatment",
        "  - id: masked",
    ),
    Case(
        "    treatment: No trial treatment\n",
        "",
        "follow-up is not masked and has no treatment",
        "  - id: follow-up\n    label: Safety follow-up after",
    ),
    Case(
        "  - id: week-2\n", "  - id: week-2-placebo\n", "A visit depends on the arm (placebo)", "  - id: week-2-placebo"
    ),
    Case("label: Week 2\n", "label: Week 2 for anifrolumab\n", "A visit depends on the arm", "label: Week 2 for"),
    Case(
        "describe: Every four weeks to week 48.",
        "describe: Every four weeks on placebo.",
        "names an arm (placebo) where masked roles read it",
        "describe: Every four weeks on",
        WARNING,
    ),
    Case(
        "label: Reactions where the injection was given",
        "label: Reactions to anifrolumab",
        "A form depends on the arm (anifrolumab)",
        "label: Reactions to",
    ),
    Case(
        "describe: One copy for each week.",
        "describe: For the placebo arm.",
        "names an arm",
        "describe: For the",
        WARNING,
    ),
    Case("{id: noticed,", "{id: placebo-noticed,", "A field depends on the arm", "- {id: placebo-noticed"),
    Case("label: Why not,", "label: Why no anifrolumab,", "names an arm", "- {id: why-not", WARNING),
    Case("{id: thigh, label: Thigh}", "{id: thigh, label: Placebo}", "names an arm", "choices: [{id: abdomen", WARNING),
    Case(
        "only_if: {field: given, equals: no}",
        "only_if: {field: given, equals: placebo}",
        "A field depends on the arm",
        "- {id: why-not",
    ),
    Case(
        "      - id: injected-past\n",
        "      - id: placebo-past\n",
        "An edit check depends on the arm",
        "- id: placebo-past",
    ),
    Case(
        "words: Diastolic pressure is not below systolic.",
        "words: Odd for placebo.",
        "An edit check depends on the arm",
        "words: Odd",
    ),
    Case(
        "{id: pm, label: Polymyositis}\n        - {id: dm",
        "{id: placebo, label: Polymyositis}\n        - {id: dm",
        "A factor's level depends on the arm",
        "- {id: placebo, label: Poly",
    ),
    Case(
        "    - id: ocs\n      label: Oral",
        "    - id: anifrolumab\n      label: Oral",
        "A factor depends on the arm",
        "- id: anifrolumab\n      label: Oral",
    ),
    Case(
        "field: diagnosis.ocs",
        "field: central-laboratory.antibodies",
        "is effect, which no masked role sees",
        "field: central-laboratory",
    ),
    Case(
        "label: Titre of the antibodies\n        kind: whole-number\n        least: 1\n        most: 10000000\n"
        "        information: effect\n",
        "label: Titre of the antibodies\n        kind: whole-number\n",
        "is asked by the answer to antibodies, which is effect",
        "only_if: {field: antibodies",
    ),
    Case(
        "    fields:\n      - {id: noticed,",
        "    checks:\n      - {id: order, left: told, relation: not-after, right: noticed, words: Look again.}\n"
        "    fields:\n      - {id: told, label: Told on, kind: date}\n      - {id: noticed,",
        "'order' holds told against noticed, which is reaction",
        "- {id: order",
    ),
    Case(
        "        help: As guarded as the muscle enzymes, which are among its items.\n        information: safety\n",
        "",
        "'tis' is computed from ck, which is safety: who sees one sees the other",
        "          phga: assessment.phga",
    ),
    Case(
        "by: [assessor]",
        "by: [assessor, pharmacist]",
        "The pharmacist (unmasked) may not see what this form holds",
        "by: [assessor, pharmacist]",
    ),
    Case(
        "by: [independent-statistician]",
        "by: [coordinator]",
        "The site coordinator may not see what this form holds (effect), and is masked.",
        "by: [coordinator]\n    fields:\n      - id: trough",
    ),
    Case(
        "by: [investigator]\n    sign: true\n    fields:\n      - id: tis",
        "by: [assessor]\n    fields:\n      - id: tis",
        "The outcomes assessor may not see what this form holds (safety)",
        "by: [assessor]\n    fields:\n      - id: tis",
    ),
    Case("by: [assessor]", "by: []", "names nobody who fills it in", "by: []"),
    Case(
        "by: [assessor]",
        "by: [assessor, sponsor]",
        "Sponsor operations cannot enter data (must 9)",
        "by: [assessor, sp",
    ),
)
ALLOCATION = (
    Case(
        "  - id: placebo\n    label: Placebo\n    kind: placebo-comparator\n"
        "    describe: Matched placebo under the skin once a week for 52 weeks, beside standard care.\n    kit: B\n",
        "",
        "A randomised trial has two arms or more",
        "  - id: anifrolumab",
    ),
    Case("anifrolumab: 1,", "anifrolumab: 0,", "0 is not 1 or more", "ratio:"),
    Case(
        "anifrolumab: 1, placebo: 1",
        "anifrolumab: 2, placebo: 2",
        "2:2 is drawn in lowest terms, as 1:1",
        "ratio:",
        WARNING,
    ),
    Case(
        BLOCKS,
        "  method: efron\n" + _method("  probability: 0.8\n").replace("anifrolumab: 1", "anifrolumab: 2"),
        "2:1 is kept over all by efron (the larger arm is preferred",
        "  ratio:",
        WARNING,
    ),
    Case(
        BLOCKS,
        "  method: big-stick\n" + _method("  limit: 3\n").replace("anifrolumab: 1", "anifrolumab: 2"),
        "2:1 is kept over all by big-stick (counts are compared over the ratio",
        "  ratio:",
        WARNING,
    ),
    Case(
        BLOCKS,
        "  method: minimisation\n" + _method("  probability: 0.8\n").replace("placebo: 1", "placebo: 4"),
        "1:4 is kept over all by minimisation (the larger arm",
        "  ratio:",
        WARNING,
    ),
    Case("cap: 240", "cap: 0", "lets nobody in", "cap: 0"),
    Case("  block_sizes: [4, 6]\n", "", "Permuted blocks need their sizes", "  method: permuted"),
    Case("block_sizes: [4, 6]", "block_sizes: [4, 5]", "5 is not a multiple of 2", "block_sizes: [4, 5]"),
    Case(
        "block_sizes: [4, 6]", "block_sizes: [2, 4]", "every second assignment can be known", "block_sizes: [2", WARNING
    ),
    Case("block_sizes: [4, 6]", "block_sizes: [4]", "One fixed size can be found out", "block_sizes: [4]", WARNING),
    Case("block_sizes: [4, 6]", "block_sizes: [4, 6, 4]", "name a size twice", "block_sizes: [4, 6, 4]", WARNING),
    Case("method: permuted-blocks", "method: wei-urn", "have no meaning for wei-urn", "block_sizes:", WARNING),
    Case(BLOCKS, "  method: efron\n" + _method(""), "efron needs a probability", "  method: efron"),
    Case(BLOCKS, "  method: big-stick\n" + _method(""), "needs a limit of imbalance", "  method: big-stick"),
    Case(BLOCKS, "  method: wei-urn\n" + _method("  beta: 0\n"), "The urn needs alpha", "  method: wei-urn"),
    Case(
        BLOCKS,
        "  method: minimisation\n" + _method("  probability: 1\n"),
        "1 leaves nothing to chance",
        "  probability:",
    ),
    Case(BLOCKS, "  method: minimisation\n" + _method("  probability: 0.5\n"), "does not favour", "  probability:"),
    Case(
        "  cap: 240\n  block_sizes: [4, 6]\n  factors:\n    - id: disease\n      label: Disease\n",
        "  cap: 24\n  block_sizes: [4, 6]\n  factors:\n    - id: site\n      label: Study site\n",
        "stratifies by site, with about 2.0 persons at each",
        "    - id: site",
        WARNING,
    ),
    Case(
        "block_sizes: [4, 6]",
        "block_sizes: [4, 32]",
        "4 strata with blocks of up to 32 are many for 240",
        "    - id: disease",
        WARNING,
    ),
    Case(
        "        - {id: no, label: Not taken}\n",
        "",
        "A factor has two levels or more",
        "        - {id: yes, label: Taken}",
    ),
    Case(
        "      field: diagnosis.ocs\n",
        "      field: diagnosis.ocs\n      weight: 0\n",
        "0 is not above 0",
        "      weight:",
    ),
    Case(
        "field: diagnosis.disease",
        "field: diagnosis.diagnosed",
        "is of the kind date, which has no answers to be levels",
        "field: diagnosis.diagnosed",
    ),
    Case(
        "    forms: [demographics, diagnosis,",
        "    forms: [demographics,",
        "is taken from diagnosis, which no visit before randomisation holds",
        "      field: diagnosis.disease",
    ),
    Case(
        "{id: pm, label: Polymyositis}\n",
        "{id: poly, label: Polymyositis}\n",
        "'poly' is not an answer to diagnosis.d",
        "- {id: poly",
        WARNING,
    ),
    Case(
        "zone: Europe/London\n    target: 20",
        "zone: Europe/London\n    target: 19",
        "have targets of 239",
        '  - id: "101"',
        WARNING,
    ),
    Case("months: 40", "months: 39", "The plan brings 234 participants, and the cap is 240", "recruitment:", WARNING),
)
VISITS = (
    Case("    before: 1\n", "    before: -1\n", "-1 is below 0", "before: -1"),
    Case(
        "    day: 784\n",
        "    day: 99999\n",
        "lies more than a hundred years away",
        "  - id: follow-up\n    label: Safety follow-up\n",
    ),
    Case("    until: 336\n", "", "week-12 needs every and until, or neither", "  - id: week-12"),
    Case("    every: 28\n", "    every: 0\n", "0 is not a number of days", "every: 0"),
    Case("    until: 336\n", "    until: 33\n", "33 is before day 84", "until: 33"),
    Case(
        "    every: 28\n    until: 336", "    every: 1\n    until: 3360", "gives more than 500 repeats", "until: 3360"
    ),
    Case("    baseline: true\n", "", "None is the baseline", "  - id: screening"),
    Case(
        "    label: Week 1\n",
        "    label: Week 1\n    baseline: true\n",
        "is a second baseline, after baseline",
        "baseline: true\n    day: 7",
    ),
    Case(
        "    day: 0\n    baseline: true\n",
        "    day: 1\n    baseline: true\n",
        "after the first day",
        "    day: 1\n",
        WARNING,
    ),
    Case(
        "    day: 0\n    baseline: true\n",
        "    day: 0\n    every: 1\n    until: 1\n    baseline: true\n",
        "A baseline visit does not repeat",
        "    every: 1\n",
    ),
    Case(
        "    before: 2\n    after: 2\n",
        "    before: 6\n    after: 2\n",
        "Week 2 may be from day 8, and Week 1 until day 8",
        "  - id: week-2\n",
    ),
    Case("    every: 28\n", "    every: 9\n", "may be from day", "  - id: week-12"),
    Case(
        "    to_day: 791\n",
        "    to_day: 783\n",
        "Safety follow-up on day 784 lies in no period",
        "  - id: follow-up\n    label: Safety follow-up\n",
    ),
    Case(
        "    to_day: 791\n",
        "    to_day: 790\n",
        "may be until day 791, and the last period ends on day 790",
        "  - id: follow-up\n    label: Safety follow-up\n",
        WARNING,
    ),
    Case(
        "    from_day: 729\n",
        "    from_day: 700\n",
        "begins on day 700, and open-label ends on day 728",
        "from_day: 700",
    ),
    Case("    from_day: 729\n", "    from_day: 735\n", "leaves days 729 to 734 in no period", "from_day: 735", WARNING),
    Case("    to_day: 363\n", "    to_day: -1\n", "-1 is before day 0", "to_day: -1"),
    Case("    kit: O\n", "", "The period open-label has no kit", "    dispense: 3"),
    Case(
        "    before: 14\n    after: 13\n",
        "    before: 14\n    after: 13\n    dispense: 1\n",
        "is before the first day of",
        "    dispense: 1\n    forms: [demographics",
    ),
    Case("  made: 9600\n", "  made: 100\n", "are made of it, and the schedule takes", "  made: 100", WARNING),
    Case("number_length: 7", "number_length: 3", "3 is not from 4 to 12", "number_length: 3"),
    Case("number_length: 7", "number_length: 5", "leaves few numbers unused", "number_length: 5", WARNING),
    Case(
        "    forms: [demographics, diagnosis,",
        "    forms: [diagnosis,",
        "'demographics' is filled in at no visit",
        "  - id: demographics",
        WARNING,
    ),
)
FORMS = (
    Case(
        "        choices: [{id: never, label: Never}, {id: former, label: In the past}, {id: current, label: Now}]\n",
        "",
        "'smoking' is a choice and needs two choices",
        "      - id: smoking",
    ),
    Case(
        "{id: height, label: Height, kind: number,",
        "{id: height, choices: [{id: a, label: A}], label: Height, kind: number,",
        "have no place in a field of number",
        "- {id: height",
    ),
    Case(
        "least: 80, most: 250, usual: [140, 205]",
        "least: 80, most: 200, usual: [140, 205]",
        "limits out of order",
        "- {id: height",
    ),
    Case(
        "{id: lung, label: Interstitial",
        "{id: lung, least: 1, label: Interstitial",
        "has limits, and is of the kind yes-no",
        "- {id: lung",
    ),
    Case("decimals: 1, least: 80", "decimals: 9, least: 80", "9 are for numbers, from 0 to 8", "- {id: height"),
    Case(
        "unit: cm, decimals: 1, least: 80",
        "unit: metres, decimals: 1, least: 80",
        "'metres' is not a unit",
        "- {id: height",
        WARNING,
    ),
    Case(
        "- {id: diagnosed, label: Day of diagnosis, kind: date,",
        "- {id: diagnosed, only_if: {field: ocs, equals: yes}, label: Day of diagnosis, kind: date,",
        "hangs on ocs, which is asked later",
        "- {id: diagnosed",
        WARNING,
    ),
    Case(
        "        relation: less\n",
        "        relation: before\n",
        "compares days, and these are whole-number and whole-number",
        "      - id: pressures",
    ),
    Case("        instrument: haq-di\n", "", "'haq' is computed, and names no instrument", "      - id: haq\n"),
    Case(
        "{id: lung, label: Inter",
        "{id: lung, instrument: tis, label: Inter",
        "has an instrument, and is not computed",
        "- {id: lung",
    ),
    Case(
        "          mmt_max: =150",
        "          mmt_most: =150",
        "'mmt_most' is not an item of tis. Did you mean 'mmt_max'?",
        "mmt_most",
    ),
    Case(
        "ptga: questionnaire.ptga",
        "ptga: questionnaire.pga",
        "'questionnaire.pga' is not a field, nor a form.field",
        "ptga: questionnaire.pga",
    ),
    Case(
        "questionnaire, enzymes, course, skin,",
        "questionnaire, course, skin,",
        "'tis' needs enzymes, which is not filled in at Week 4",
        "          phga: assessment.phga",
        WARNING,
    ),
    Case(
        "    fields:\n      - id: dose\n",
        "    fields: []\n    describe: |\n      - id: dose\n",
        "A form holds one field",
        "    fields: []",
    ),
)
ENDPOINTS = (
    Case("    role: primary\n", "", "None is the primary one", "  - id: responder\n"),
    Case(
        "    role: key-secondary\n    label: Change of muscle",
        "    role: primary\n    label: Change of muscle",
        "This is one of 2 primary endpoints",
        "    role: primary\n    label: Change of muscle",
        WARNING,
    ),
    Case(
        "    at_most: 7.5\n",
        "    at_most: 7.5\n    at_least: 8\n",
        "has at_least above at_most: nobody responds",
        "  - id: steroid-dose",
    ),
    Case(
        "unless: {field: assessment.phga,",
        "unless: {field: course.tis,",
        "counts from baseline, where course",
        "unless:",
    ),
    Case(
        "- endpoint: strength",
        "- endpoint: responder",
        "has an estimand already",
        "- endpoint: responder\n    population: All randomised\n    treatment: As assigned, beside standard care\n"
        "    summary: Difference of the mean",
    ),
    Case(
        "    visit: week-8\n",
        "    visit: week-1\n",
        "measured at week-1, where skin is not filled in",
        "visit: week-1\n",
    ),
    Case(
        "enzymes, skin, steroids, safety-laboratory, pregnancy,\n      central-laboratory, injections]",
        "enzymes, steroids, safety-laboratory, pregnancy,\n      central-laboratory, injections]",
        "counts from baseline, where skin is not filled in",
        "variable: skin.cdasi",
    ),
    Case(
        "variable: steroids.dose",
        "variable: steroids.changed",
        "is of the kind yes-no, which has no size",
        "variable: steroids.changed",
    ),
    Case("    at_most: 7.5\n", "", "names no limit that responders reach", "  - id: steroid-dose"),
    Case(
        "    kind: change\n    variable: skin",
        "    kind: change\n    at_least: 1\n    variable: skin",
        "its limits have no meaning",
        "  - id: skin-activity",
        WARNING,
    ),
    Case("consecutive: 2}", "consecutive: 0}", "0 is not 1 or more", "unless:"),
    Case("consecutive: 2}", "consecutive: 40}", "needs 40 visits after baseline", "unless:"),
    Case("by: 2, consecutive", "by: 0, consecutive", "everybody would be worse", "unless:"),
    Case("- endpoint: strength", "- endpoint: responder", "'strength' has no estimand", "  - id: strength", WARNING),
    Case(
        "event: treatment-stopped",
        "event: participant-lost",
        "what becomes of those who stop treatment",
        "- endpoint: responder",
        WARNING,
    ),
    Case(
        "event: course.rescue",
        "event: treatment-stopped",
        "has two strategies",
        "- {event: treatment-stopped, label: Resc",
    ),
)
APPROVED = (
    Case(
        "valid_from: 2024-06-01", "valid_from: 2026-06-01", "2025-06-30 is before 2026-06-01", "valid_from: 2026-06-01"
    ),
    Case(
        "valid_from: 2024-06-01",
        "valid_from: 2024-01-01",
        "is before the protocol, of 2024-05-06",
        "valid_from: 2024-01-01",
        WARNING,
    ),
    Case(
        "valid_from: 2025-07-01}",
        'valid_from: 2025-07-01, protocol: "7"}',
        "'7' is neither this version",
        '- {id: "2.0"',
        WARNING,
    ),
    Case("valid_from: 2025-07-01}", "valid_from: 2025-06-01}", "lies within version 1.0", '- {id: "2.0"'),
    Case(
        "valid_from: 2025-07-01}",
        "valid_from: 2025-07-09}",
        "no version is valid from 2025-07-01",
        '- {id: "2.0"',
        WARNING,
    ),
    Case("valid_from: 2025-07-01}", "valid_from: 2024-06-01}", "is not after that of version 1.0", '- {id: "2.0"'),
    Case(
        "valid_from: 2025-07-01}",
        "valid_from: 2025-07-01, valid_until: 2023-01-01}",
        "No version is valid when",
        '- {id: "2.0"',
    ),
    Case(
        "parse: full\n    span: [1792, 1890]",
        "parse: partial\n    span: [1792, 1890]",
        "Criterion E10 is not wholly understood",
        "  - id: E10",
        WARNING,
    ),
    Case(
        "reaches: probable",
        "reaches: probably",
        "Did you mean 'probable'?",
        "      kind: and\n      of:\n        - kind: or\n",
    ),
    Case(
        "instrument: imacs-core-set, reaches",
        "instrument: imacs-core, reaches",
        "Did you mean 'imacs-core-set'?",
        "expr: {kind: classified, instrument: imacs-core,",
    ),
    Case("zone: Europe/Oslo", "zone: Europe/Bergen", "'Europe/Bergen' is not a time zone", '- {id: "103"'),
    Case(
        "fatal_or_life_threatening_within_days: 7",
        "fatal_or_life_threatening_within_days: 8",
        "longer than 7, which ICH",
        "  fatal_or",
        WARNING,
    ),
    Case(
        "site_reports_serious_within_hours: 24", "site_reports_serious_within_hours: 0", "0 is not 1", "  site_reports"
    ),
    Case("screening_days: 28", "screening_days: 0", "0 is not 1 or more", "screening_days: 0"),
    Case("rescreenings: 1", "rescreenings: -1", "-1 is below 0", "rescreenings: -1"),
    Case("view_minutes: 10", "view_minutes: 600", "600 is not from 1 to 60", "  view_minutes: 600"),
    Case('version: "1.0"', 'version: "1.0"\namends: "1.0"', "'1.0' is this version itself", "amends:"),
    Case(
        "screening_days: 28",
        "screening_days: 21",
        "may be on day -28, and screening holds 21 days",
        "    before: 14\n    after: 13",
        WARNING,
    ),
)

CASES = (*NAMING, *REFERENCES, *MASKING, *ALLOCATION, *VISITS, *FORMS, *ENDPOINTS, *APPROVED)


def test_jasmine_is_sound() -> None:
    assert problems_of(jasmine_text()) == ()


def _hold(case: Case) -> None:
    text = changed(case.old, case.new)
    examined = examine(text)
    told = [each for each in examined.problems if case.words in f"{each.what} {each.why} {each.do}"]
    assert told, f"nothing says {case.words!r}: {[str(each) for each in examined.problems]}"
    assert told[0].severity is case.severity
    assert told[0].line == line_of(text, case.at), str(told[0])
    assert (examined.protocol is None) is any(each.severity is Severity.ERROR for each in examined.problems)


@pytest.mark.parametrize("case", [*NAMING, *REFERENCES], ids=lambda case: case.words[:60])
def test_names_and_references(case: Case) -> None:
    _hold(case)


@pytest.mark.parametrize("case", MASKING, ids=lambda case: case.words[:60])
def test_must_19_nothing_a_masked_role_sees_depends_on_the_arm(case: Case) -> None:
    _hold(case)


@pytest.mark.parametrize("case", ALLOCATION, ids=lambda case: case.words[:60])
def test_must_12_allocation_cannot_be_guessed(case: Case) -> None:
    _hold(case)


@pytest.mark.parametrize("case", [*VISITS, *FORMS], ids=lambda case: case.words[:60])
def test_schedule_and_forms(case: Case) -> None:
    _hold(case)


@pytest.mark.parametrize("case", ENDPOINTS, ids=lambda case: case.words[:60])
def test_must_28_estimands_stand_in_the_file(case: Case) -> None:
    _hold(case)


@pytest.mark.parametrize("case", APPROVED, ids=lambda case: case.words[:60])
def test_consent_criteria_and_safety(case: Case) -> None:
    _hold(case)


def _told(protocol: Protocol) -> tuple[Problem, ...]:
    known = known_of(protocol)
    return tuple(problem for rule in (*NAMES, *PRACTICE) for problem in rule(known))


def _whatever(text: str) -> Protocol:
    told, _ = read_lines(text)
    assert told is not None
    return msgspec.convert(fit(told, Protocol).value, Protocol)


def _deep() -> Protocol:
    from equipoise.eligibility.expression import Not

    protocol = _whatever(jasmine_text())
    expr = protocol.eligibility[1].expr
    for _ in range(70):
        expr = Not(of=expr)
    deep = msgspec.structs.replace(protocol.eligibility[1], expr=expr)
    return msgspec.structs.replace(protocol, eligibility=(deep,))


EMPTIED = {
    "endpoints": "There is no endpoint",
    "consent": "has no version, and nobody can consent",
    "eligibility": "There is no criterion",
}


@pytest.mark.parametrize(("name", "words"), EMPTIED.items())
def test_an_emptied_part(name: str, words: str) -> None:
    emptied = msgspec.structs.replace(_whatever(jasmine_text()), **{name: ()})
    assert any(words in each.why for each in _told(emptied))


def test_a_criterion_nested_too_deep() -> None:
    assert any("nests deeper than 60 levels" in each.why for each in _told(_deep()))


def test_every_rule_fires_on_some_case() -> None:
    """A rule without a case could not be trusted, and a case without a rule would test nothing."""
    protocol = _whatever(jasmine_text())
    many = msgspec.structs.replace(protocol.visits[0], day=1, every=1, until=400)
    others = [_deep(), *(msgspec.structs.replace(protocol, **{name: ()}) for name in EMPTIED)]
    others.append(msgspec.structs.replace(protocol, visits=(*protocol.visits, *(many for _ in range(5)))))
    knowns = [known_of(each) for each in (*(_whatever(changed(case.old, case.new)) for case in CASES), *others)]
    silent = [rule.__name__ for rule in (*NAMES, *PRACTICE) if not any(any(rule(known)) for known in knowns)]
    assert silent == []


def test_an_open_trial_may_name_its_arms() -> None:
    text = changed("masked: [participant, care-provider, investigator, outcomes-assessor]", "masked: []")
    text = text.replace("label: Week 2\n", "label: Week 2 for placebo\n")
    assert not any("depends on the arm" in each.why for each in problems_of(text))


def test_must_19_a_guess_of_the_arm_may_be_asked() -> None:
    """Asking participants what they think they got is good practice; it is told, and not refused."""
    guess = (
        "      - {id: guess, label: Which do they think, kind: choice, "
        "choices: [{id: anifrolumab, label: Anifrolumab}, {id: placebo, label: Placebo}]}\n      - {id: rescue,"
    )
    examined = examine(changed("      - {id: rescue,", guess))
    assert examined.protocol is not None
    assert {each.severity for each in examined.problems} == {Severity.WARNING}


SECOND = "    role: key-secondary\n    label: Change of muscle"


@pytest.mark.parametrize(
    ("words", "told"), [("", True), ("  ", True), ("Hochberg's procedure at 5 % over both", False)]
)
def test_several_primary_endpoints_need_a_word_on_multiplicity(words: str, told: bool) -> None:
    text = changed(SECOND, SECOND.replace("key-secondary", "primary"))
    text = text.replace("\nestimands:", f'\nmultiplicity: "{words}"\nestimands:')
    assert any("primary endpoints, and nothing says" in each.why for each in problems_of(text)) == told


def test_a_secondary_endpoint_needs_no_estimand() -> None:
    text = changed("- endpoint: strength", "- endpoint: nobody")
    others = text.replace(SECOND, SECOND.replace("key-secondary", "secondary"))
    assert any(each.what == "'strength'" and "no estimand" in each.why for each in problems_of(text))
    assert not any(each.what == "'strength'" and "no estimand" in each.why for each in problems_of(others))


@pytest.mark.parametrize("method", ["simple", "wei-urn", "permuted-blocks"])
def test_methods_that_keep_an_unequal_ratio_at_each_place_are_not_warned_of(method: str) -> None:
    sizes = "  block_sizes: [6, 9]\n" if method == "permuted-blocks" else ""
    told = f"  method: {method}\n" + _method(sizes).replace("anifrolumab: 1", "anifrolumab: 2")
    assert not any("at each place" in each.why for each in problems_of(changed(BLOCKS, told)))


def test_blocks_are_multiples_of_the_ratio_in_lowest_terms() -> None:
    text = changed("anifrolumab: 1, placebo: 1", "anifrolumab: 3, placebo: 3")
    assert not any("multiple" in each.why or "smallest block" in each.why for each in problems_of(text))


@pytest.mark.parametrize(("made", "short"), [(9600, set()), (7000, {"A", "B", "O"}), (0, {"A", "B", "O"})])
def test_each_kind_of_kit_is_counted_against_what_the_schedule_takes_of_it(made: int, short: set[str]) -> None:
    """240 get 13 in the masked year, and sites have as many of both kinds; and 13 of the open one's."""
    told = {each.what for each in problems_of(changed("made: 9600", f"made: {made}")) if each.path == "kits.made"}
    assert {what[4] for what in told} == short, told


ALL_MASKED = "masked: [participant, care-provider, investigator, outcomes-assessor]"


@pytest.mark.parametrize(("masked", "refused"), [("participant, outcomes-assessor", False), ("care-provider", True)])
def test_who_is_not_masked_may_fill_in_what_reveals_the_arm(masked: str, refused: bool) -> None:
    text = changed("by: [independent-statistician]", "by: [coordinator]").replace(ALL_MASKED, f"masked: [{masked}]")
    told = [each.why for each in problems_of(text) if each.what == "The site coordinator"]
    assert told == (["may not see what this form holds (effect), and is masked."] if refused else [])


def test_must_19_a_factor_that_only_the_unmasked_see_is_refused_in_a_partly_masked_trial() -> None:
    guarded = "choices: [{id: pm, label: Polymyositis}, {id: dm, label: Dermatomyositis}]\n        information: effect"
    text = changed("choices: [{id: pm, label: Polymyositis}, {id: dm, label: Dermatomyositis}]", guarded)
    partly = text.replace(ALL_MASKED, "masked: [outcomes-assessor]")
    for each in (text, partly):
        assert any("which no masked role sees, and the factor would show it" in one.why for one in problems_of(each))
