"""The explorer at the other end of a secure shell."""
