"""Pages of tickets and imports."""
