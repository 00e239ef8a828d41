"""How the results follow the document."""
