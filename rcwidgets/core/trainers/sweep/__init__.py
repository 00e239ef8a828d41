"""The errors of a trainer over a grid of settings and seeds."""
