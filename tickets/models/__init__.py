"""Facts from the help desks and what is around them, and the imports that brought them."""

from tickets.models.batches import Batch
from tickets.models.facts import (
    ContactVolume,
    CustomerOrder,
    Rectification,
    SelfServiceSession,
)
from tickets.models.hours import ServiceHours
from tickets.models.imports import Import, Rejection
from tickets.models.orders import OrderVolume
from tickets.models.tickets import Ticket

__all__ = [
    "Batch",
    "ContactVolume",
    "CustomerOrder",
    "Import",
    "OrderVolume",
    "Rectification",
    "Rejection",
    "SelfServiceSession",
    "ServiceHours",
    "Ticket",
]
