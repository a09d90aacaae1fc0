"""Who asks: every source of credentials, their order, their cache and their renewal."""
