"""The API for other programs: parse, evaluate, questions, match. Nothing sent here is kept or logged."""
