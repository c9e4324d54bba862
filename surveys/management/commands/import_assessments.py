"""manage.py import_assessments FILE"""

from surveys.importing.assessments import AssessmentFacts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import assessments: QA, 360°, exams, mystery shoppers. Safe to run again."
    facts = AssessmentFacts()
