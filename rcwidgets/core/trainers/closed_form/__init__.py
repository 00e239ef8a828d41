"""Trainers that solve for the readout."""
