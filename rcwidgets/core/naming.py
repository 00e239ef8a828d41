"""What a node may be called: the rule that documents and Python share."""

import re

RESERVED = ("task", "trainer")  # they own knobs too, so no node has their name
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_name(value: object) -> bool:
    """True for a text of 1 to 64 letters, digits, '_' or '-'."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def check_name(where: str, name: object) -> None:
    """Raises a ValueError unless `name` can be the name of a node."""
    if not is_name(name):
        raise ValueError(f"{where} must be 1 to 64 letters, digits, '_' or '-', got {name!r}.")
    if name in RESERVED:
        raise ValueError(f"{where} must not be one of {', '.join(RESERVED)}, got {name!r}. These names are taken.")
