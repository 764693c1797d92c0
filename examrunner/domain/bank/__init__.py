"""Questions and banks."""
