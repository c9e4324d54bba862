"""The start page and what belongs to the frame: notices, search, profile, preferences, help."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from kpi_portal.core.http import person, render_page, safe_next
from kpi_portal.home import notices as shown
from kpi_portal.home import provisional as score
from kpi_portal.home import queries, services
from kpi_portal.home.context import THEME_COOKIE, THEMES
from kpi_portal.home.help import TOPICS, topics_for
from kpi_portal.home.profile import profile_of
from kpi_portal.home.shortcuts import shortcuts_for
from kpi_portal.people.models import Notice

RECENT = 6
PER_PAGE = 30
YEAR = 365 * 24 * 3600


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    user, now = person(request), timezone.now()
    context = {
        "waiting": queries.waiting_for(user, now),
        "notices": shown.recent(user, RECENT),
        "shortcuts": shortcuts_for(user),
        "running": score.running_month(user),
        "now": now,
    }
    return render_page(request, "home/today.html", context, fragment="waiting")


@require_safe
@login_required
def provisional(request: HttpRequest) -> HttpResponse:
    """The panel with the own score so far; the start page fetches it after it has come."""
    user = person(request)
    period = score.running_month(user)
    if period is None:
        raise Http404
    context = {"running": period, "score": score.provisional(user, period, timezone.now())}
    return render_page(request, "home/provisional.html", context, fragment="score")


@require_safe
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    pages = Paginator(Notice.objects.filter(user=person(request)), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"page": page, "notices": [shown.line(notice) for notice in page]}
    return render_page(request, "home/notices.html", context)


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    services.read_notices(person(request), timezone.now())
    return _back(request, "home:notices")


@require_POST
@login_required
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks a notice of one's own as read and goes where it leads."""
    notice = get_object_or_404(Notice, pk=pk, user=person(request))
    services.read_notices(person(request), timezone.now(), notice_id=notice.pk)
    return _seen(HttpResponseRedirect(notice.url or "/notices/"))


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    text = " ".join(request.GET.get("q", "").split())[:80]
    context = {"text": text, "found": queries.found(person(request), text)}
    return render_page(request, "home/search.html", context)


@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return render_page(
        request, "home/profile.html", {"profile": profile_of(person(request), timezone.now())}
    )


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switches the language for this browser, and for the account of whoever is signed in."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    if request.user.is_authenticated:
        services.choose(person(request), language=chosen)
    response = _back(request, "home:today")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switches between light and dark, for this browser and the account."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise Http404
    if request.user.is_authenticated:
        services.choose(person(request), theme=chosen)
    response = _back(request, "home:today")
    response.set_cookie(
        THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure()
    )
    return response


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody is there: the session goes on (the middleware notes it)."""
    return HttpResponse(status=204)


@require_safe
@login_required
def help_index(request: HttpRequest) -> HttpResponse:
    return render_page(request, "home/help.html", {"topics": topics_for(person(request))})


@require_safe
@login_required
def help_topic(request: HttpRequest, topic: str) -> HttpResponse:
    if topic not in TOPICS:
        raise Http404
    context = {"topic": TOPICS[topic], "topics": topics_for(person(request))}
    return render_page(request, "home/help_topic.html", context)


def _back(request: HttpRequest, default: str) -> HttpResponse:
    return _seen(HttpResponseRedirect(safe_next(request, default)))


def _seen(response: HttpResponseRedirect) -> HttpResponse:
    """303: what follows a POST is a GET."""
    response.status_code = 303
    patch_vary_headers(response, ["Cookie"])
    return response
