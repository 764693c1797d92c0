"""Canvas asked directly, through its REST interface; nothing here is loaded by other commands."""
