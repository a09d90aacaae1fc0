"""The wire: signs, sends, bounds, retries and translates; knows no screen and no disk."""
