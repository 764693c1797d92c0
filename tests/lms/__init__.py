"""What learning management systems make of a file: their rules restated, independent of ours."""
