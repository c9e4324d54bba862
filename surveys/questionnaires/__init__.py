"""Questionnaires: the ready ones, finding one, and what answers to them come to."""
