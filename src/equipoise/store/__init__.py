"""Where data stay. Only this room sees tables."""
