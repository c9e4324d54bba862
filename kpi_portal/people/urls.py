from django.urls import path

from kpi_portal.people.second_person import views as second_person
from kpi_portal.people.views import accounts, departments, employees, settings

app_name = "people"

urlpatterns = [
    path("", employees.employee_list, name="list"),
    path("new/", employees.new_employee, name="new_employee"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/new/", departments.new_department, name="new_department"),
    path("departments/<path:code>/edit/", departments.edit_department, name="edit_department"),
    path("departments/<path:code>/", departments.department, name="department"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/new/", accounts.new_account, name="new_account"),
    path("accounts/<str:username>/", accounts.account, name="account"),
    path("accounts/<str:username>/grant/", accounts.grant_role, name="grant_role"),
    path("accounts/<str:username>/revoke/", accounts.revoke_role, name="revoke_role"),
    path("accounts/<str:username>/switch/", accounts.switch, name="switch_account"),
    path("accounts/<str:username>/password/", accounts.set_password, name="set_password"),
    path("accounts/<str:username>/sign-out/", accounts.sign_out, name="sign_out"),
    path("calendar/", settings.work_calendar, name="calendar"),
    path("calendar/<int:pk>/clear/", settings.clear_day, name="clear_day"),
    path("company/", settings.company, name="company"),
    path("second-person/", second_person.request_list, name="second_persons"),
    path("second-person/<int:pk>/", second_person.request_page, name="second_person"),
    path(
        "second-person/<int:pk>/withdraw/", second_person.withdraw, name="withdraw_second_person"
    ),
    path("tokens/", settings.tokens, name="tokens"),
    path("tokens/revoke/", settings.revoke_token, name="revoke_token"),
    # An employee number may hold a slash, so what can be done comes first.
    path("employees/<path:number>/edit/", employees.edit_employee, name="edit_employee"),
    path("employees/<path:number>/transfer/", employees.transfer, name="transfer"),
    path("employees/<path:number>/leave/", employees.leave, name="leave"),
    path("employees/<path:number>/absences/", employees.add_absence, name="add_absence"),
    path(
        "employees/<path:number>/absences/<int:pk>/remove/",
        employees.remove_absence,
        name="remove_absence",
    ),
    path("employees/<path:number>/", employees.employee, name="employee"),
]
