"""What the ways in have in common: refusals, how often one may try, the file of passwords."""
