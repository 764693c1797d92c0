"""Decisions. No I/O, no clock, no global randomness: now and entropy are arguments."""
