"""The document of an experiment: its code, its edits and the schema of all that can be set."""
