"""The two scores of improvement: their options, sources and rights."""

from decimal import Decimal

from equipoise.instruments.coreset.measures import ENZYMES, RIGHTS
from equipoise.instruments.improvement import relative, tis
from equipoise.instruments.improvement.measures import ITEMS
from equipoise.instruments.instrument import Certainty, Fact, Instrument, Item
from equipoise.instruments.kinds import Choice, Number, Numbers, YesNo

IMPROVEMENT = Instrument(
    id="tis",
    title="2016 ACR/EULAR Total Improvement Score",
    plain="How much myositis has improved between two visits, from six measures together, as a score from 0 to 100.",
    gives="points for each measure, their total, and one of four classes",
    items=ITEMS,
    options=(
        Item(
            name="thresholds",
            label="Whose thresholds",
            kind=Choice(tuple(tis.Thresholds), ("adults: 20, 40, 60", "children (JDM): 30, 45, 70")),
            default=tis.Thresholds.ADULT,
        ),
        Item(
            name="enzyme_range_uln",
            label="Range of each enzyme, in multiples of the upper limit of normal",
            kind=Numbers(tuple(ENZYMES), Number(Decimal(0), Decimal(1000), "× ULN")),
            help="What stands in grey holds unless you write another. From memory, not verified against the paper.",
            default=tis.ENZYME_RANGES,
        ),
        Item(
            name="clip_enzyme",
            label="Take an enzyme value above its range as the range",
            kind=YesNo(),
            help="Not settled in what we could read. Not done unless asked for.",
            default=False,
        ),
    ),
    classes=tuple(tis.Class),
    sources=(
        "Aggarwal R, Rider LG, Ruperto N, et al. (adults). Arthritis Rheumatol 2017;69:898–910.",
        "Rider LG, Aggarwal R, Pistorio A, et al. (children). Arthritis Rheumatol 2017;69:911–923.",
        "Method: Rider LG, Ruperto N, Pistorio A, et al. Rheumatology 2017;56:1884–1893.",
    ),
    facts=(
        Fact("Points and tiers", Certainty.ONE_SOURCE, "One primary table read; the highest points add up to 100."),
        Fact("Thresholds for adults and children", Certainty.ONE_SOURCE),
        Fact("Change in percent of the range of the scale", Certainty.CERTAIN),
        Fact("Ranges of the enzymes", Certainty.MEMORY, "Can be set; check them against the paper before real use."),
        Fact("Values above the range of an enzyme", Certainty.MEMORY, "Counted as measured unless asked otherwise."),
        Fact(
            "Missing measures",
            Certainty.MEMORY,
            "No score is given, only what it could be; fewer measures are never scaled up.",
        ),
    ),
    rights=RIGHTS,
    cautions=("Getting worse takes no points away: a total of 0 does not mean that nothing changed.",),
    score=tis.score,
)
OLDER = Instrument(
    id="imacs-improvement",
    title="IMACS definition of improvement, the older one",
    plain="Whether myositis has improved between two visits: yes or no, from the change of six measures.",
    gives="whether the definition is met, and which measures got better or worse",
    items=ITEMS,
    classes=relative.CLASSES,
    sources=("Rider LG, Giannini EH, Brunner HI, et al. Arthritis Rheum 2004;50:2281–2290.",),
    facts=(
        Fact(
            "Three of six better by 20 % or more, at most two worse by 25 % or more, strength not among them",
            Certainty.CERTAIN,
        ),
        Fact(
            "A rise from a baseline of 0 counts as worse",
            Certainty.MEMORY,
            "Our reading: a relative change has no value.",
        ),
    ),
    rights=RIGHTS,
    cautions=("Change is relative to the baseline here, not to the range of the scale.",),
    score=relative.score,
)
