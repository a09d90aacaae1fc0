"""Pure questions on what was sent and what became of it."""
