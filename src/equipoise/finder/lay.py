"""Placeholder until the list of lay words is in place."""


def lay_phrases_in(words: tuple[str, ...]) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    return ()


def spelling_variants(word: str) -> tuple[str, ...]:
    return ()
