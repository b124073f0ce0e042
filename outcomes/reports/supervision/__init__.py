"""Supervision: the catalogue of evidence, the authorities' themes, and what page, PDF and JSON of it are made from."""
