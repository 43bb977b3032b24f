"""The one error the core raises for input it will not act on."""


class Refused(Exception):
    """What was refused, why, and what to do next.

    ``what`` names the thing (a field, an identifier, a file and line); ``why`` the reason; ``do`` the next step.
    """

    def __init__(self, why: str, *, what: str = "", do: str = "") -> None:
        super().__init__(why)
        self.what = what
        self.why = why
        self.do = do

    def __str__(self) -> str:
        head = f"{self.what}: {self.why}" if self.what else self.why
        return f"{head} {self.do}" if self.do else head
