"""A login that is refused, and why, for the person at the login page."""


class Refused(Exception):
    """The text is one sentence or two for the person; `status` is of HTTP."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
