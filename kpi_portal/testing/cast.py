"""The cast: one account for each role, as fixtures. Everybody works here since 2020.

在线客服: supervisor 陈静 with the agent 李伟. 热线客服: supervisor 周敏 with the agent 吴强, the
`outsider` to everything that concerns the first department. `stranger` holds no role.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kpi_portal.people.models import Department, User


@pytest.fixture
def department(db: None) -> "Department":
    from kpi_portal.people.tests.factories import make_department

    return make_department("online", name="在线客服")


@pytest.fixture
def other_department(db: None) -> "Department":
    from kpi_portal.people.tests.factories import make_department

    return make_department("hotline", name="热线客服")


@pytest.fixture
def supervisor(department: "Department") -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("supervisor", number="S001", name="陈静", department=department)


@pytest.fixture
def agent(department: "Department", supervisor: "User") -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person(
        "agent", number="A001", name="李伟", department=department, supervisor=supervisor.employee
    )


@pytest.fixture
def other_supervisor(other_department: "Department") -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("supervisor", number="S002", name="周敏", department=other_department)


@pytest.fixture
def outsider(other_department: "Department", other_supervisor: "User") -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person(
        "agent",
        number="A002",
        name="吴强",
        department=other_department,
        supervisor=other_supervisor.employee,
    )


@pytest.fixture
def inspector(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("inspector", number="Q001", name="郑洁")


@pytest.fixture
def hr(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("hr", number="H001", name="王芳")


@pytest.fixture
def hr_lead(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("hr_lead", number="H002", name="赵敏")


@pytest.fixture
def committee(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("committee", number="C001", name="孙磊")


@pytest.fixture
def chair(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("chair", number="C002", name="钱进")


@pytest.fixture
def admin_user(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("admin", number="M001", name="冯涛")


@pytest.fixture
def auditor(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_person

    return make_person("auditor", number="U001", name="许宁")


@pytest.fixture
def stranger(db: None) -> "User":
    from kpi_portal.people.tests.factories import make_user

    return make_user(username="stranger")
