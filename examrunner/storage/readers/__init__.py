"""Foreign files in."""
