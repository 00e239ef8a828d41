"""What can be computed from results when somebody asks for it."""
