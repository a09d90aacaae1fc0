"""The questions of a post-mortem, against the emulated fleet and against plain loops."""
