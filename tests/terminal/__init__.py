"""The line to the user, tried in real pseudo-terminals."""
