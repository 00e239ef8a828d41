"""A search for good settings by Optuna, whose trials run side by side in lanes."""
