"""Addresses of scorecards and of the team board."""

from django.urls import path

from appraisal import addresses
from appraisal.scorecards.views import board, cards, departments, records

addresses.register()

CARD = "scorecards/<period:code>/<number:number>/"
BOARD = "team/<period:code>/"

urlpatterns = [
    path("scorecards/", cards.scorecards, name="scorecards"),
    path("scorecards/<period:code>/", cards.own_scorecard, name="own_scorecard"),
    path(CARD, cards.scorecard, name="scorecard"),
    path(f"{CARD}confirm/", cards.confirm, name="scorecard_confirm"),
    path(f"{CARD}comment/", cards.comment, name="scorecard_comment"),
    path(f"{CARD}lines/<int:position>/", records.line, name="scorecard_line"),
    path(f"{CARD}lines/<int:position>/records/", records.records, name="scorecard_records"),
    path(
        "department-scorecards/", departments.department_scorecards, name="department_scorecards"
    ),
    path(
        "department-scorecards/<period:code>/<path:department>/",
        departments.department_scorecard,
        name="department_scorecard",
    ),
    path("team/", board.team, name="team"),
    path(BOARD, board.team_board, name="team_board"),
    path(f"{BOARD}export/", board.export_board, name="team_export"),
    path("scores/<period:code>/reason/", board.reason, name="score_reason"),
]
