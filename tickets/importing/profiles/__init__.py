"""The help desks whose exports are known. To add one: write its file and list it here."""

from collections.abc import Mapping

from tickets.importing.profiles.base import Profile
from tickets.importing.profiles.call_center import CALL_CENTER
from tickets.importing.profiles.ecommerce_csat import ECOMMERCE_CSAT
from tickets.importing.profiles.plain import PLAIN_CHINESE, PLAIN_ENGLISH
from tickets.importing.profiles.qiyu import QIYU
from tickets.importing.profiles.zendesk import ZENDESK

PRODUCTS = (QIYU, ZENDESK, ECOMMERCE_CSAT, CALL_CENTER)
PLAIN = (PLAIN_CHINESE, PLAIN_ENGLISH)

PROFILES: Mapping[str, Profile] = {profile.key: profile for profile in (*PRODUCTS, *PLAIN)}

__all__ = ["PLAIN", "PRODUCTS", "PROFILES", "Profile"]
