"""The help desks whose exports are known. To add one: write its file and list it here."""

from collections.abc import Mapping

from tickets.importing.profiles.base import Profile
from tickets.importing.profiles.call_center import CALL_CENTER
from tickets.importing.profiles.chatwoot import CHATWOOT
from tickets.importing.profiles.ecommerce_csat import ECOMMERCE_CSAT
from tickets.importing.profiles.freshdesk import FRESHDESK
from tickets.importing.profiles.jira_service_management import JIRA_SERVICE_MANAGEMENT
from tickets.importing.profiles.osticket import OSTICKET
from tickets.importing.profiles.plain import PLAIN_CHINESE, PLAIN_ENGLISH
from tickets.importing.profiles.qiyu import QIYU
from tickets.importing.profiles.servicenow import SERVICENOW, SERVICENOW_LOG
from tickets.importing.profiles.zammad import ZAMMAD
from tickets.importing.profiles.zendesk import ZENDESK

PRODUCTS = (
    QIYU, ZENDESK, FRESHDESK, ZAMMAD, CHATWOOT, OSTICKET, JIRA_SERVICE_MANAGEMENT, SERVICENOW,
    SERVICENOW_LOG, ECOMMERCE_CSAT, CALL_CENTER,
)  # fmt: skip
PLAIN = (PLAIN_CHINESE, PLAIN_ENGLISH)

PROFILES: Mapping[str, Profile] = {profile.key: profile for profile in (*PRODUCTS, *PLAIN)}


def is_log(key: str) -> bool:
    """Whether files of that profile have one row per change; "api" and the like have none."""
    profile = PROFILES.get(key)
    return profile is not None and profile.is_log


__all__ = ["PLAIN", "PRODUCTS", "PROFILES", "Profile", "is_log"]
