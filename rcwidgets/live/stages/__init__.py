"""Ridge regression in stages, each of them used again where nothing that feeds it has changed."""
