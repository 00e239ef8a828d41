"""The graph of a model, and what reads it: sizes, memory, rules for wires, pictures, texts, documents."""
