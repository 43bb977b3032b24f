"""What differs between two versions of a study, told part by part; ``studies.changes`` puts the parts together."""
