"""The other side of the wire: an emulated ECS that answers what the explorer asks.

It is the demo, the test double and a tool of its own. Nothing here imports the client, and
signatures are checked with code of its own, or one bug would pass on both sides.
"""
