"""Every address of the REST API, below /api/v1/. Each app has its views; here stands the map."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from appeals import api as appeals
from appraisal import api as appraisal
from appraisal.corrections import api as corrections
from appraisal.schemes import api as schemes
from tickets import api as tickets

app_name = "api"


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("indicators/", appraisal.Indicators.as_view(), name="indicators"),
    path("schemes/", appraisal.Versions.as_view(), name="schemes"),
    path("schemes/<slug:key>/v<int:number>/", appraisal.Version.as_view(), name="scheme"),
    path(
        "schemes/<slug:key>/v<int:number>/check/",
        schemes.VersionCheck.as_view(),
        name="scheme-check",
    ),
    path("schemes:check", schemes.FileCheck.as_view(), name="scheme-file-check"),
    path("periods/", appraisal.Periods.as_view(), name="periods"),
    path("scorecards/", appraisal.Cards.as_view(), name="scorecards"),
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path("tickets:batch", tickets.TicketBatch.as_view(), name="ticket-batch"),
    path("scorecards/<str:period>/<str:agent>/", appraisal.Card.as_view(), name="scorecard"),
    path("adjustments/", corrections.Adjustments.as_view(), name="adjustments"),
    path("adjustments/<int:pk>/", corrections.Adjustment.as_view(), name="adjustment"),
    path(
        "adjustments/<int:pk>/decision/",
        corrections.AdjustmentDecision.as_view(),
        name="adjustment-decision",
    ),
    path("exclusions/", corrections.Exclusions.as_view(), name="exclusions"),
    path("exclusions/<int:pk>/", corrections.ExclusionDetail.as_view(), name="exclusion"),
    path(
        "exclusions/<int:pk>/decision/",
        corrections.ExclusionDecision.as_view(),
        name="exclusion-decision",
    ),
    path("appeals/", appeals.Appeals.as_view(), name="appeals"),
    path("appeals/statistics/", appeals.AppealStatistics.as_view(), name="appeal-statistics"),
    path("appeals/<str:number>/", appeals.AppealDetail.as_view(), name="appeal"),
]
