"""Speed and memory as ratios: both sides in one process, interleaved, in shuffled order, repeated. Accuracy as medians over seeds."""
