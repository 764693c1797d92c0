"""The doctor: what to know before an exam day, and whether a record holds. It only looks."""
