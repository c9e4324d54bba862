"""Settings, in the order of Django's documentation. Values come from the environment.

Two profiles: `embedded` (default, one machine, nothing to set) and `production`, which refuses
to start without SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL and REDIS_URL.
"""

import logging

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from kpi_portal import environment
from kpi_portal.core.logs import logging_config
from kpi_portal.environment import BASE_DIR, env
from kpi_portal.settings_celery import *
from kpi_portal.settings_web import *

# Makes ModelForm[Company] and the like work at run time, as the types have them
django_stubs_ext.monkeypatch()

PROFILE = environment.profile()
PRODUCTION = PROFILE == "production"
DATA_DIR = environment.data_dir()
TLS = env.bool("KPI_TLS", PRODUCTION)

# Core
DEBUG = False
SECRET_KEY = environment.secret_key(DATA_DIR, production=PRODUCTION)
ALLOWED_HOSTS = environment.allowed_hosts(production=PRODUCTION)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
ADMIN_PATH = env.str("KPI_ADMIN_PATH", "admin/").strip("/") + "/"
INSTALLED_APPS = [
    "django.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials",
    "import_export",
    "django_celery_beat",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "kpi_portal.core",
    "kpi_portal.audit",
    "kpi_portal.people",
    "kpi_portal.jobs",
    "tickets",
    "surveys",
    "appraisal",
    "appeals",
    "kpi_portal.home",
    "kpi_portal.demo",
]
MIDDLEWARE = [
    "kpi_portal.core.middleware.RequestIdMiddleware",
    "kpi_portal.core.middleware.SecurityHeadersMiddleware",
    "kpi_portal.core.middleware.PageMethodsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kpi_portal.people.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kpi_portal.people.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kpi_portal.people.idle.IdleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kpi_portal.core.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "kpi_portal.urls"
WSGI_APPLICATION = "kpi_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache: shared by all processes, so that sign-in throttles count once
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kpi_portal_cache",
    }
}

# Database
DATABASES = {"default": environment.database(DATA_DIR, production=PRODUCTION)}

# Files: outside the web root, never served by the web server
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = str(DATA_DIR / "tmp")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FILES = 10
(DATA_DIR / "tmp").mkdir(mode=0o700, exist_ok=True)

# Internationalisation
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("zh-hant", _("繁體中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = env.str("KPI_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

# Logging
LOGGING = logging_config(env.log_level("KPI_LOG_LEVEL", logging.INFO))

# Mail
vars().update(env.dj_email_url("EMAIL_URL", "dummymail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "kpi-portal@localhost")

# Security
SESSION_COOKIE_NAME = "__Host-sid" if TLS else "sid"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = TLS
CSRF_FAILURE_VIEW = "kpi_portal.core.errors_pages.csrf_failure"
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked for from inside
if TLS and env.bool("KPI_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# W021: HSTS preload binds the domain for years, so the owner decides. W040: SQLite, see tickets.
SILENCED_SYSTEM_CHECKS = ["security.W021", "models.W040"]

# Sign-in
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["kpi_portal.people.accounts.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Rows marked S in the permission matrix ask for a recent password; MFA for roles with power.
FRESH_AUTHENTICATION = env.bool("KPI_FRESH_AUTHENTICATION", PRODUCTION)
MFA_REQUIRED = env.bool("KPI_MFA_REQUIRED", PRODUCTION)
IDLE_MINUTES = env.int("KPI_IDLE_MINUTES", 30 if PRODUCTION else 0)
SECOND_PERSON_FOR_ROLES = env.bool("KPI_SECOND_PERSON_FOR_ROLES", PRODUCTION)

# Templates
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kpi_portal.home.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "kpi_portal.core.forms.PortalFormRenderer"

# Static files
STATIC_URL = "static/"
VENDOR_DIR = environment.assets_dir() / "vendor"  # of others; manage.py assets
STATIC_ROOT = environment.assets_dir() / "static"
STATICFILES_DIRS = [BASE_DIR / "static", VENDOR_DIR]
VENDOR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Personal data
CUSTOMER_KEY = env.str("KPI_CUSTOMER_KEY", "") or environment.kept_secret(
    DATA_DIR / "customer.key"
)
# Host and port of a ClamAV daemon that looks at evidence; None: no scanner.
CLAMAV_ADDRESS = environment.host_and_port("KPI_CLAMAV")
AUDIT_KEY = env.str("AUDIT_KEY", "") or environment.kept_secret(DATA_DIR / "audit.key")

# Acts that one person asks for and a second one approves (kpi_portal/people/second_person)
SECOND_PERSON_ACTS = [
    "kpi_portal.people.second_person.own_acts.ABSENCE",
    "kpi_portal.people.second_person.own_acts.ROLE",
    "appraisal.scorecards.second_person.EXPORT",
    "appeals.second_person.EVIDENCE",
]

# What upper apps tell the appraisal (appraisal/hooks.py), by purpose
APPRAISAL_HOOKS = {
    "holds_open": ["appeals.queries.holds_open"],
    "case_card_ids": ["appeals.queries.case_card_ids"],
}
