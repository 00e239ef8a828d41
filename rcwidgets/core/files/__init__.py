"""Models and trainers on disk."""
