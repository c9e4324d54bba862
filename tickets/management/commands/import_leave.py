"""manage.py import_leave FILE"""

from tickets.importing.command import ImportCommand
from tickets.importing.leave_facts import LeaveFacts


class Command(ImportCommand):
    help = "Import absences. Safe to run again."
    facts = LeaveFacts()
