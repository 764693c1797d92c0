"""Rules for a good bank, B01 to B30: each a small function over a bank as it was written."""
