"""What a node may be called: the rule that documents and Python share."""

import re

from rcwidgets.core.spec.refusal import RefusedValue

RESERVED = ("task", "trainer")  # they own knobs too, so no node has their name
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_name(value: object) -> bool:
    """True for a text of 1 to 64 letters, digits, '_' or '-'."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def said_of_name(name: object) -> str:
    """What the page says of a name that no node can have; empty where one can."""
    if not is_name(name):
        return "A name must be 1 to 64 letters, digits, _ or -, without spaces."
    return f"{name} is the {name} itself. Choose another name." if name in RESERVED else ""


def check_name(where: str, name: object) -> None:
    """Raises a ValueError unless `name` can be the name of a node."""
    if not is_name(name):
        raise RefusedValue(f"{where} must be 1 to 64 letters, digits, '_' or '-', got {name!r}.", said_of_name(name))
    if name in RESERVED:
        words = f"{where} must not be one of {', '.join(RESERVED)}, got {name!r}. These names are taken."
        raise RefusedValue(words, said_of_name(name))
