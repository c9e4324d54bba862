"""The tag library and the components that pages are made of."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kpi_portal.core import icons


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def drawn(source: str, **context: Any) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed", required=False)
    cycle = forms.ChoiceField(label="Cycle", choices=[("m", "Month")], required=False)


def test_an_icon_that_is_not_installed_leaves_its_name() -> None:
    assert icons.svg("no-such-icon") == (
        '<span class="icon icon-missing" title="no-such-icon"></span>'
    )


@pytest.mark.parametrize("name", ["../secret", "a/b", "A", ""])
def test_an_icon_name_is_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="no icon"):
        icons.svg(name)


def test_an_icon_is_drawn_into_the_page(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "icons"
    folder.mkdir()
    (folder / "bell.svg").write_text('<svg width="24"><path d="M1 1"/></svg>')
    monkeypatch.setattr(settings, "VENDOR_DIR", tmp_path)

    assert 'aria-hidden="true"><path d="M1 1"/></svg>' in icons.svg("bell")
    assert 'role="img" aria-label="Notices"' in icons.svg("bell", "Notices")


def test_an_asset_that_is_not_installed_is_left_out() -> None:
    assert drawn("{% asset 'no/such.css' as x %}[{{ x }}]") in ("[]", "[/static/no/such.css]")


def test_a_link_keeps_the_other_filters(rf: RequestFactory) -> None:
    request = rf.get("/?sort=name&page=3&team=a&team=b")

    made = drawn("{% query_transform page=None sort='-name' %}", request=request)

    assert made == "?team=a&amp;team=b&amp;sort=-name"


def test_a_field_ties_label_help_and_error_together() -> None:
    form = Form({"agreed": "on"})

    html = render_to_string("components/field.html", {"field": form["name"]})

    assert '<label class="form-label" for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "form-control is-invalid" in html


def test_a_group_of_choices_is_a_fieldset_with_its_question() -> None:
    html = render_to_string("components/field.html", {"field": Form({})["kind"]})

    assert "<legend>Kind" in html
    assert 'aria-describedby="id_kind_error"' in html


def test_a_box_stands_before_its_label() -> None:
    html = render_to_string("components/field.html", {"field": Form()["agreed"]})

    assert html.index("form-check-input") < html.index("<label")


def test_forms_use_the_portals_fields() -> None:
    assert "form-select" in str(Form()["cycle"].as_field_group())


def test_the_summary_links_to_each_field() -> None:
    html = render_to_string("components/error_summary.html", {"form": Form({})})

    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_kind' in html
    assert render_to_string("components/error_summary.html", {"form": Form()}).strip() == ""


@pytest.mark.parametrize(
    ("days_left", "words", "css"),
    [
        (5, "5 working days left", "due-chip"),
        (1, "1 working day left", "due-soon"),
        (0, "due today", "due-soon"),
        (-2, "overdue", "due-over"),
    ],
)
def test_a_due_chip_says_it_in_words(days_left: int, words: str, css: str) -> None:
    context = {"due_on": date(2026, 10, 12), "days_left": days_left}

    html = render_to_string("components/due_chip.html", context)

    assert words in html
    assert css in html
    assert 'datetime="2026-10-12"' in html
    assert "October 12 Mon 24:00" in html


def test_pages_are_reached_with_all_filters(rf: RequestFactory) -> None:
    page = Paginator(range(500), 20).page(4)

    html = render_to_string(
        "components/pagination.html", {"page": page, "request": rf.get("/?q=x&page=4")}
    )

    assert 'href="?q=x&amp;page=5"' in html
    assert html.count('aria-current="page"') == 1
    assert "61 to 80 of 500" in html


def test_one_page_needs_no_pager(rf: RequestFactory) -> None:
    page = Paginator(range(3), 20).page(1)

    assert "<nav" not in render_to_string(
        "components/pagination.html", {"page": page, "request": rf.get("/")}
    )


def test_the_current_step_is_announced() -> None:
    steps = [{"label": "A", "state": "done"}, {"label": "B", "state": "current"}]

    html = render_to_string("components/steps.html", {"steps": steps, "label": "Period"})

    assert html.count('aria-current="step"') == 1
    assert "(done)" in html


def test_a_confirmation_names_thing_and_consequence() -> None:
    html = render_to_string(
        "components/confirm.html",
        {
            "action": "/x/", "label": "Publish", "title": "Publish 2026-10?",
            "text": "48 people", "csrf_token": "t",
        },
    )  # fmt: skip

    assert 'data-confirm="Publish 2026-10?"' in html
    assert 'data-confirm-text="48 people"' in html
    assert 'method="post"' in html
