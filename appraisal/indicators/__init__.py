"""The indicator library: what can be measured, in words, and how its values are spread."""
