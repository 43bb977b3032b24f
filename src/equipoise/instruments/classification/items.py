"""The items of the classification in our own words, its sources and its rights."""

from decimal import Decimal

from equipoise.instruments.classification.classify import score
from equipoise.instruments.classification.subgroup import Weakness
from equipoise.instruments.classification.weights import Class
from equipoise.instruments.instrument import Certainty, Fact, Instrument, Item
from equipoise.instruments.kinds import Choice, Number, YesNo

OLDEST = 120


def _sign(name: str, group: str, label: str, told: str = "") -> Item:
    return Item(name=name, label=label, kind=YesNo(), help=told, group=group)


_ITEMS = (
    Item(
        name="age_at_onset",
        label="Age at the first symptom of the muscle disease",
        kind=Number(Decimal(0), Decimal(OLDEST), "years"),
        help="The first symptom thought to belong to the disease, not the diagnosis.",
        group="Age",
    ),
    _sign(
        "weakness_upper",
        "Weakness",
        "Weak shoulders or upper arms",
        "On both sides, measured by an examiner, and usually getting worse.",
    ),
    _sign(
        "weakness_lower",
        "Weakness",
        "Weak hips or thighs",
        "On both sides, measured by an examiner, and usually getting worse.",
    ),
    _sign(
        "neck_flexors",
        "Weakness",
        "Neck weaker bending forward than backward",
        "The muscles that lift the head from a pillow are weaker than those that push it back.",
    ),
    _sign(
        "legs_proximal",
        "Weakness",
        "In the legs, hips and thighs weaker than calves and feet",
        "Muscles near the trunk are weaker than those far from it.",
    ),
    _sign("heliotrope", "Skin", "Heliotrope rash", "Purple, lilac or red colour of the eyelids, often with swelling."),
    _sign("gottron_papules", "Skin", "Gottron’s papules", "Raised red or purple spots over joints, often scaly."),
    _sign("gottron_sign", "Skin", "Gottron’s sign", "Flat red or purple colour over joints."),
    _sign("dysphagia", "Other signs", "Trouble swallowing", "Or a gullet shown to move badly."),
    _sign("anti_jo1", "Blood", "Anti-Jo-1 antibody found", "Only this antibody counts here; others carry no points."),
    _sign(
        "enzymes_elevated",
        "Blood",
        "A muscle enzyme above normal",
        "Creatine kinase (CK), LDH, AST or ALT above the laboratory’s upper limit, at the worst time of the disease. "
        "Aldolase does not count.",
    ),
    _sign("biopsy", "Muscle biopsy", "Muscle biopsy done and read", "A biopsy has its own column of points."),
    _sign(
        "endomysial",
        "Muscle biopsy",
        "Inflammation around single muscle fibres, without entering them",
        "Mononuclear cells in the endomysium.",
    ),
    _sign(
        "perimysial",
        "Muscle biopsy",
        "Inflammation between bundles of fibres or around vessels",
        "Mononuclear cells in the perimysium, perivascular, or both.",
    ),
    _sign("perifascicular", "Muscle biopsy", "Shrunken fibres at the edge of bundles", "Perifascicular atrophy."),
    _sign("rimmed_vacuoles", "Muscle biopsy", "Rimmed vacuoles", "Small holes with a rim inside muscle fibres."),
    _sign("finger_flexors", "For the subgroup", "Weak finger flexors", "The muscles that close the fist."),
    _sign("treatment_response", "For the subgroup", "Better on treatment", "Muscle strength improved with treatment."),
)

CLASSIFICATION = Instrument(
    id="eular-acr-2017",
    title="2017 EULAR/ACR classification of myositis",
    plain="How well a person’s findings fit idiopathic inflammatory myopathy (myositis), and which kind of it.",
    gives="a score, a probability, one of four classes, and a subgroup",
    items=_ITEMS,
    options=(
        Item(
            name="weakness",
            label="What counts as weakness between DM and ADM",
            kind=Choice(tuple(Weakness), ("any of the four weakness items", "only the two limb items")),
            help="The published criteria do not say.",
            default=Weakness.ANY,
        ),
    ),
    classes=tuple(Class),
    sources=(
        "Lundberg IE, Tjärnlund A, Bottai M, et al. Ann Rheum Dis 2017;76:1955–1964.",
        "The same in Arthritis Rheumatol 2017;69:2271–2282.",
    ),
    facts=(
        Fact("Points of each item, both columns", Certainty.CERTAIN),
        Fact("Cut-offs of the score", Certainty.CERTAIN),
        Fact(
            "Formula of the probability",
            Certainty.CERTAIN,
            "Without biopsy it disagrees with the cut-offs at 5.3, 5.5 and 7.5; we follow the cut-offs and warn.",
        ),
        Fact(
            "Tree of the subgroups",
            Certainty.MEMORY,
            "One public implementation gives the same leaves; what counts as weakness for ADM is not settled.",
        ),
    ),
    rights="Scoring rules are facts and free to use. The paper’s wording is its publisher’s; the labels are ours.",
    cautions=(
        "For research, when no other explanation fits the findings better. It is not a diagnosis.",
        "Probable is the least that the authors recommend for studies.",
    ),
    score=score,
)
