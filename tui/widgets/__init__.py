"""Panes that know records and nothing behind them: told what to show, they say what was done."""
