"""Jupyter Server extensions of VISPA, one package per capability."""
