"""Measurements against budgets: `python -m tests.benchmarks`."""
