"""Trainers that learn at every step."""
