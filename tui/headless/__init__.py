"""What works without a screen: rows on stdout, narration on stderr, an exit code for scripts."""
