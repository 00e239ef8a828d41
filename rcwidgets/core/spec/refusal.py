"""Refusals in two wordings: Python's sentence names class and field, the page's names the control by its label."""


class Refusal(Exception):
    """A value that is refused: `str(refusal)` is Python's sentence, `said` the page's."""

    def __init__(self, words: str, said: str) -> None:
        super().__init__(words, said)
        self.said = said

    def __str__(self) -> str:
        return str(self.args[0])


class RefusedValue(Refusal, ValueError):
    """A value that cannot be."""


class RefusedKind(Refusal, TypeError):
    """A value of a wrong type."""


def said_of(error: Exception) -> str:
    """What the page says of an error: its own words for the page, else the error's sentence."""
    return str(getattr(error, "said", "") or error)


def number_word(value: float) -> str:
    """A bound as people write it: 0, 0.001, 20,000, 1e12."""
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    mantissa, _, exponent = f"{value:g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa
