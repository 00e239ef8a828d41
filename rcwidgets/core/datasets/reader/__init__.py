"""How text becomes numbers: each module finds out one thing, says what it rests on, and can be told instead."""
