"""Files that are no text: each format read by its own library, and told apart by the first bytes."""
