"""How many of what, in words."""


def counted(count: int, one: str, many: str = "") -> str:
    """``1 site``, ``1,218 sites``; ``many`` where the plural is another word."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
