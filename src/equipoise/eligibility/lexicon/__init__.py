"""The bundled lexicon, our own compilation: literal tables of measures and of conditions, drugs and procedures.

OMOP, SNOMED and RxNorm codes are from general knowledge: check them against the vocabularies you use.
"""

from equipoise.eligibility.lexicon.conditions import CONDITIONS
from equipoise.eligibility.lexicon.drugs import CLASSES
from equipoise.eligibility.lexicon.findings import FINDINGS
from equipoise.eligibility.lexicon.illnesses import ILLNESSES
from equipoise.eligibility.lexicon.ingredients import INGREDIENTS
from equipoise.eligibility.lexicon.procedures import PROCEDURES

TABLES = (
    ("condition", CONDITIONS),
    ("condition", ILLNESSES),
    ("drug", CLASSES),
    ("drug", INGREDIENTS),
    ("procedure", PROCEDURES),
    ("observation", FINDINGS),
)
"""The tables of terms and the domain of each."""
