"""Trainings that go on step by step."""
