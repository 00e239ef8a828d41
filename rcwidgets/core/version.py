"""The version of the package: what is kept on disk, and what workers have, is told apart by it."""

__version__ = "0.1.0"
