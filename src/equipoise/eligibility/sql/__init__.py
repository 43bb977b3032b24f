"""A reading as SQL over the OMOP CDM 5.4: what ``evaluate`` says of one person, said of a whole population.

Pure: it builds sqlglot expressions and prints them for an engine; ``store/warehouse`` runs them.
"""
