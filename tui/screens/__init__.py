"""Screens: they conduct what widgets show, the archive keeps and the wire brings."""
