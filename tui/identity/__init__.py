"""Who is asking: where credentials come from."""
