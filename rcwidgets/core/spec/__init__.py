"""What a user may set: knobs with their ranges and words, the registry of kinds, names, refusals, arrays of the user's own."""
