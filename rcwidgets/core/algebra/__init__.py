"""The linear algebra of the readouts: ridge regression in float64, on one BLAS thread."""
