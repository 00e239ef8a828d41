"""What a run found, what it answers, and how it is said in words."""
