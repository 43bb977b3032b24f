"""The registry's wording of its enumerated values, each with plain words of ours."""
