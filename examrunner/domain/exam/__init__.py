"""The exam: a session's rules, its phases, what happens, and the clock."""
