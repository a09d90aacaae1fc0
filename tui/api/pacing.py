"""When to try again: backoff, budget, breaker and clock skew, all pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The numbers behind every retry."""

    attempts: int = 4
    """Times one question is sent at most."""
    base: float = 0.3
    """Seconds; the first wait is drawn from zero to this, each later one from twice as much."""
    cap: float = 8.0
    """Seconds; no drawn wait is longer."""
    deadline: float = 30.0
    """Seconds that one attempt may take from its first byte to its last."""
    obeyed_wait: float = 10.0
    """Seconds; a wait that the service asks for is obeyed up to this, else it is the user's."""
    budget: float = 10.0
    """Retries that may be spent before any success pays some back."""
    reward: float = 0.1
    """Retries that a success pays back."""
    failures: int = 5
    """Failures in a row after which requests are refused here for a while."""
    rest: float = 5.0
    """Seconds of that while at least; up to twice as long, drawn."""
