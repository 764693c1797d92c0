"""Use cases. They take storage, clock and entropy as arguments."""
