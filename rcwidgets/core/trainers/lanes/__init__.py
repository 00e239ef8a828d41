"""Many settings of one model at once."""
