"""Recorded values: which items are usual, typing one in, and who may."""
