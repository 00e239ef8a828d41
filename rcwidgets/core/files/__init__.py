"""Files on disk: one atomic write, and archives of text and arrays."""
