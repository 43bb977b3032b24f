"""A field that cannot be taken: the page shows why beside it, the command line alone."""

from equipoise.kernel.refused import Refused


class Mistaken(Refused):
    """``field``: its name on the form."""

    def __init__(self, field: str, why: str, *, what: str = "", do: str = "") -> None:
        super().__init__(why, what=what, do=do)
        self.field = field
