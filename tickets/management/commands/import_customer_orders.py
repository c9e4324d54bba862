"""manage.py import_customer_orders FILE"""

from tickets.importing import table_facts
from tickets.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Import orders of customers. Safe to run again."
    facts = table_facts.FACTS["customer_orders"]
