"""manage.py import_satisfaction FILE"""

from surveys.importing.facts import AnswerFacts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import satisfaction answers from an export. Safe to run again."
    facts = AnswerFacts()
