"""The document of an experiment: its history, its file, its status, and those who listen."""
