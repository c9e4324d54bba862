from django.urls import path

from kpi_portal.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.trail, name="list"),
    path("mine/", views.mine, name="mine"),
    path("<int:pk>/", views.detail, name="detail"),
]
