"""The draw: examrunner-draw/1."""
