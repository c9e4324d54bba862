"""What has to follow a load of facts, told by upper apps: tickets know nobody above them.

Each is called in the transaction of the load with the source that changed.
"""

AFTER_TICKETS: tuple[str, ...] = ("surveys.services.link_answers",)
