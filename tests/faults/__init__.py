"""Faults that are really caused: crashes, signals, full disks, damaged files, hostile text."""
