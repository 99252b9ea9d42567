"""Workshops: seats with printed tokens instead of accounts, for a few days."""
