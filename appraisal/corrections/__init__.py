"""Corrections of results: points adjusted, records left out. One proposes, another decides."""
