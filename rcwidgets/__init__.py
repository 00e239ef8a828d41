"""Reservoir computing in a notebook."""
