"""Bytes to domain values and back: the only importer of yaml, csv, pydantic and sqlalchemy."""
