"""The line to the user: what the terminal can do, and that it comes back whole."""
