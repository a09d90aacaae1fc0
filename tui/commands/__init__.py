"""What each command of the command line does: the only place that wires the parts together."""
