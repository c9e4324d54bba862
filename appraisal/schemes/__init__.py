"""Schemes: what is appraised, by which rules and weights, for whom, approved by whom."""
