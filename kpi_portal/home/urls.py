from django.urls import path

from kpi_portal.home import views

app_name = "home"

urlpatterns = [
    path("", views.today, name="today"),
    path("provisional/", views.provisional, name="provisional"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/<int:pk>/open/", views.open_notice, name="open_notice"),
    path("search/", views.search, name="search"),
    path("profile/", views.profile, name="profile"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("stay/", views.stay, name="stay"),
    path("help/", views.help_index, name="help"),
    path("help/<slug:topic>/", views.help_topic, name="help_topic"),
]
