"""What has been seen: pages go in, views come out, and SQLite stands between them."""
