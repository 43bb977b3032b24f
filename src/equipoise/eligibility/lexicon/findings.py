"""Findings and states that are neither illness nor treatment; a line for each (see ``term.read_table``)."""

FINDINGS = """
measurable disease |  |  | measurable lesion; measurable tumor; bidimensionally measurable disease; unidimensionally measurable disease; radiographically measurable disease; bidimensionally measurable lesion; unidimensionally measurable lesion; measurable or evaluable disease; measurable target lesion
evaluable disease |  |  | evaluable lesion; nonmeasurable disease; non-measurable disease
disease progression |  |  | progressive disease; progression of disease; tumor progression; radiographic progression; evidence of progression; documented progression; documented disease progression
nursing home residence |  |  | nursing home resident; resident of a nursing home; long-term care facility resident; residing in a nursing home
health insurance |  |  | social security coverage; affiliated to a social security system; covered by health insurance; affiliated to social security; beneficiary of a social security; medical insurance; health insurance coverage; affiliation to a social security scheme
imprisonment |  |  | prisoner; incarcerated; incarceration; deprived of liberty; prison inmate; detained; imprisoned
legal guardianship |  |  | under guardianship; under legal protection; under curatorship; under tutelage; legal incapacity; legally incapacitated; protected adult
right-handedness |  |  | right-handed; right handed
oestrogen receptor positive tumour |  |  | estrogen receptor positive; ER positive; ER-positive; estrogen receptor-positive; hormone receptor positive; hormone receptor-positive; HR-positive; ER+; HR+
HER2 positive tumour |  |  | HER2-positive; HER2 positive; HER2 overexpression; HER-2 positive; HER2+; HER2/neu positive; HER-2/neu positive
HER2 negative tumour |  |  | HER2-negative; HER2 negative; HER-2 negative
EGFR mutation |  |  | EGFR mutations; EGFR activating mutation; activating EGFR mutation; EGFR sensitizing mutation; EGFR-mutated
ALK rearrangement |  |  | ALK translocation; ALK fusion; ALK-positive; ALK gene rearrangement
BRAF mutation |  |  | BRAF V600 mutation; BRAF V600E mutation; BRAF-mutant
KRAS mutation |  |  | RAS mutation; KRAS mutant; mutant KRAS
BRCA mutation |  |  | BRCA1 mutation; BRCA2 mutation; germline BRCA mutation; BRCA1/2 mutation
Philadelphia chromosome |  |  | Philadelphia chromosome positive; Ph+; BCR-ABL positive; Philadelphia positive
"""
