"""Guards of the house rules that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
APPS = ("kpi_portal", "tickets", "surveys", "appraisal", "appeals")
LONGEST_MODULE = 400

# Who has not signed in may come here, and why.
OPEN = {
    "healthz": "asked by machines; says no more than yes or no",
    "readyz": "asked by machines; says no more than yes or no",
    "account_login": "the way in",
    "account_logout": "leads to the way in",
    "account_inactive": "says that the account is closed",
    "mfa_authenticate": "the second step of the way in",
    "admin:login": "leads to the way in",
    "admin:logout": "leads to the way in",
    "admin:jsi18n": "words of the admin, nothing of the company",
    "home:language": "anybody may choose a language",
    "home:theme": "anybody may choose light or dark",
}

# What stands in an address for each kind of part.
SAMPLES = {
    "int": "1",
    "str": "x",
    "slug": "x",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "x",
    "period": "2026-10",
}


def _modules() -> Iterator[Path]:
    for folder in (*APPS, "script", "bench"):
        yield from sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)


def test_no_module_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines())
        for path in _modules()
        if "migrations" not in path.parts
    }

    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_app_listens_to_signals() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module == "django.dispatch"
        and any(name.name == "receiver" for name in node.names)
    ]

    assert found == []


def test_every_icon_that_a_page_draws_is_fetched() -> None:
    fetched = set((ROOT / "kpi_portal" / "core" / "icons.txt").read_text().split())
    drawn = set()
    for folder in ("templates", *APPS):
        for path in (ROOT / folder).rglob("*.html"):
            drawn |= set(re.findall(r"""{% icon ["']([a-z0-9-]+)["']""", path.read_text()))
    navigation = (ROOT / "kpi_portal" / "home" / "navigation.py").read_text()
    drawn |= set(re.findall(r"""["']([a-z0-9-]+)["'], ["']\w+:""", navigation))

    assert sorted(drawn - fetched) == []


# --- settings and the README


def _variables(path: Path) -> Iterator[str]:
    """Names of environment variables that the module reads."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Subscript) and _is_environ(node.value):
            argument: ast.expr | None = node.slice
        elif isinstance(node, ast.Call) and _reads(node.func):
            argument = node.args[0] if node.args else None
        else:
            continue
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _is_environ(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _reads(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in ("required", "getenv", "host_and_port")
    if not isinstance(function, ast.Attribute):
        return False
    on_env = isinstance(function.value, ast.Name) and function.value.id == "env"
    on_env = on_env or function.attr == "host_and_port"
    return on_env or (_is_environ(function.value) and function.attr in ("get", "setdefault"))


# Of Django, pytest and pip, not of the portal.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "PYTEST_XDIST_WORKER"}


def _read_variables() -> set[str]:
    return {
        name
        for path in _modules()
        if "tests" not in path.parts and "migrations" not in path.parts
        for name in _variables(path)
    } - INTERNAL


def _documented_variables() -> set[str]:
    """First cells of the README's table rows, where they are a name in backticks."""
    text = (ROOT / "README.md").read_text() if (ROOT / "README.md").exists() else ""
    return set(re.findall(r"^\|\s*`([A-Z][A-Z0-9_]+)`\s*\|", text, re.MULTILINE))


def test_every_setting_read_from_the_environment_is_in_the_readme() -> None:
    assert sorted(_read_variables() - _documented_variables()) == []


def test_the_readme_names_no_setting_that_nothing_reads() -> None:
    assert sorted(_documented_variables() - _read_variables()) == []


# --- addresses


def _addresses(
    resolver: URLResolver, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """Name and a sample address of every pattern."""
    for pattern in resolver.url_patterns:
        address = prefix + _sample(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _addresses(pattern, address, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or address}", "/" + address


def _sample(pattern: URLPattern | URLResolver) -> str:
    route = str(pattern.pattern)
    if route.startswith("^") or "(?P" in route:  # a regular expression
        route = re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\)[^()]*)*\)", "x", route)
        return route.strip("^$").replace("\\", "").replace("/?", "/")
    return re.sub(
        r"<(?:(\w+):)?\w+>", lambda match: SAMPLES.get(match.group(1) or "str", "x"), route
    )


@pytest.mark.django_db
def test_who_has_not_signed_in_is_refused_everywhere(client: Client) -> None:
    found = set(_addresses(get_resolver()))

    answers = {name: _answer(client, address) for name, address in found if name not in OPEN}

    assert len(answers) > 20
    assert {name: answer for name, answer in answers.items() if answer != "refused"} == {}


def _answer(client: Client, address: str) -> str:
    response = client.get(address)
    if response.status_code == 405:
        response = client.post(address)
    to_the_way_in = response.status_code == 302 and "/login/" in response.headers["Location"]
    refused = to_the_way_in or response.status_code in (401, 403)
    return "refused" if refused else f"{response.status_code} at {address}"


def test_the_list_of_open_addresses_has_no_stale_entry() -> None:
    names = {name for name, _address in _addresses(get_resolver())}

    assert sorted(OPEN.keys() - names) == []
