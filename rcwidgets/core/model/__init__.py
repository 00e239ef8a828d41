"""A graph made into arrays: the compiled program, its runner, and the closed loop."""
