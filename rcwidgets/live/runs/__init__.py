"""Results that came to rest: named, pinned, restored and exported."""
