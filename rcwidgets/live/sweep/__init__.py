"""Many settings of an experiment's document."""
