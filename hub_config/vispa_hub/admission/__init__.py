"""What all ways in have in common: how a login is refused, and how often one may try."""
