"""The small tables that can be imported beside tickets and answers: their fields and the names
under which files usually know them, in Chinese and English. Data only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.importing.field import Field


@dataclass(frozen=True, slots=True)
class Column:
    """A field with the headers that mean it; the first that is there wins."""

    field: Field
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableKind:
    """One kind of table. `required` fields must have a column and a value in each row;
    `has_ids`: rows are told apart by source and id, so that a source is needed; `day` is the
    field whose months the control totals count.
    """

    key: str
    columns: tuple[Column, ...]
    required: tuple[str, ...]
    day: str
    has_ids: bool = False

    @property
    def fields(self) -> Mapping[str, Field]:
        return {column.field.name: column.field for column in self.columns}

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        return {column.field.name: column.names for column in self.columns}


def _column(name: str, label: Any, kind: str, *names: str, **more: Any) -> Column:
    return Column(Field(name, label, kind, **more), names)


DAY = _column("day", _("day"), "day", "日期", "统计日期", "日", "day", "date")
DEPARTMENT = _column(
    "department", _("department"), "group",
    "部门", "部門", "部门编码", "受理组", "客服组", "技能组", "department", "team", "group",
)  # fmt: skip
AGENT = _column(
    "agent", _("agent"), "person",
    "工号", "员工工号", "员工编号", "客服", "客服工号", "受理人", "处理人", "坐席", "姓名", "员工",
    "被考核人", "被评价人", "员工姓名", "客服姓名", "工號", "agent", "employee", "employee no",
    "agent no",
    "agent name", "agent id", "employee id", "name",
)  # fmt: skip
CHANNEL = _column(
    "channel", _("channel"), "choice", "渠道", "来源渠道", "接入渠道", "管道", "channel"
)
CUSTOMER = _column(
    "customer", _("customer"), "customer",
    "客户", "客户手机", "客户手机号", "手机号", "手机号码", "客户电话", "客户ID", "客户编号",
    "客户账号",
    "会员编号", "客戶", "customer", "customer id", "customer phone", "phone", "buyer", "user id",
    limit=200,
)  # fmt: skip
TICKET = _column(
    "ticket", _("ticket no."), "id",
    "工单号", "工单编号", "工单ID", "关联工单号", "会话ID", "工單號", "ticket", "ticket id",
    "ticket no",
)  # fmt: skip
UPDATED = _column(
    "source_updated_at", _("updated in the source at"), "instant",
    "更新时间", "最后更新时间", "修改时间", "updated at", "last modified", "source updated at",
)  # fmt: skip
COMMENT = _column("comment", _("comment"), "words", "备注", "评语", "说明", "comment", "remarks",
                  limit=2000)  # fmt: skip

ORDERS = TableKind(
    "orders",
    (
        DAY, DEPARTMENT, AGENT,
        _column("orders", _("orders"), "count", "订单数", "订单量", "成交订单", "订单", "訂單數",
                "orders", "order count", "order volume"),
        _column("refunds", _("refunds"), "count", "退款数", "退款量", "退款订单", "refunds"),
        _column("returns", _("returns"), "count", "退货数", "退货量", "退换货数", "returns"),
    ),
    ("day", "orders"),
    "day",
)  # fmt: skip
CONTACTS = TableKind(
    "contacts",
    (
        DAY, DEPARTMENT, CHANNEL,
        _column("offered", _("contacts offered"), "count", "呼入量", "进线量", "接入量", "来电量",
                "请求数", "offered", "contacts offered", "calls offered", "incoming"),
        _column("answered", _("contacts answered"), "count", "接通量", "接起量", "应答量",
                "接通数",
                "answered", "contacts answered", "calls answered"),
        _column("planned", _("hours planned"), "seconds", "计划服务时长", "计划时长", "计划小时",
                "planned hours", "hours planned", "planned", unit="h"),
        _column("opened", _("hours open"), "seconds", "实际服务时长", "开放时长", "实际时长",
                "实际小时", "hours open", "offered hours", "open hours", unit="h"),
    ),
    ("day", "channel"),
    "day",
)  # fmt: skip
CUSTOMER_ORDERS = TableKind(
    "customer_orders",
    (
        _column("external_id", _("order no."), "id", "订单号", "订单编号", "訂單號", "交易号",
                "order no", "order id", "order", "order number", "id"),
        CUSTOMER,
        _column("ordered_at", _("ordered at"), "instant", "下单时间", "订单时间", "付款时间",
                "成交时间", "下單時間", "ordered at", "order date", "created at", "paid at"),
    ),
    ("external_id", "customer", "ordered_at"),
    "ordered_at",
    has_ids=True,
)  # fmt: skip
SESSIONS = TableKind(
    "sessions",
    (
        _column("external_id", _("session no."), "id", "会话ID", "会话编号", "会话号", "编号",
                "session id", "session no", "session", "id"),
        _column("started_at", _("started at"), "instant", "开始时间", "会话开始时间", "访问时间",
                "创建时间", "started at", "start time", "created at"),
        CUSTOMER, CHANNEL, DEPARTMENT,
    ),
    ("external_id", "started_at"),
    "started_at",
    has_ids=True,
)  # fmt: skip
RECTIFICATIONS = TableKind(
    "rectifications",
    (
        _column("external_id", _("rectification no."), "id", "整改编号", "整改单号", "编号",
                "序号",
                "rectification no", "no", "id", "number"),
        _column("cause", _("cause"), "words", "原因", "根因", "问题原因", "根本原因", "投诉原因",
                "cause", "root cause"),
        _column("action", _("action"), "words", "整改措施", "措施", "整改内容", "action",
                "measure",
                limit=2000),
        DEPARTMENT,
        _column("owner", _("responsible"), "person", "责任人", "负责人", "整改责任人", "owner",
                "responsible"),
        _column("opened_on", _("opened on"), "day", "提出日期", "立项日期", "发起日期",
                "opened on",
                "opened"),
        _column("due_on", _("due on"), "day", "应完成日期", "截止日期", "计划完成日期",
                "要求完成日期",
                "due on", "due date", "due"),
        _column("done_on", _("done on"), "day", "实际完成日期", "完成日期", "done on", "done",
                "completed on"),
    ),
    ("external_id", "cause", "department", "due_on"),
    "due_on",
    has_ids=True,
)  # fmt: skip
LEAVE = TableKind(
    "leave",
    (
        AGENT,
        _column("start_on", _("first day"), "day", "开始日期", "请假开始", "起始日期", "开始时间",
                "start", "from", "first day", "start date"),
        _column("last_on", _("last day"), "day", "结束日期", "请假结束", "截止日期", "结束时间",
                "end",
                "to", "until", "last day", "end date"),
        _column("kind", _("kind"), "words", "请假类型", "假别", "类型", "假期类型", "kind", "type",
                limit=40),
    ),
    ("agent", "start_on", "last_on"),
    "start_on",
)  # fmt: skip
INVITATIONS = TableKind(
    "invitations",
    (
        _column("external_id", _("invitation no."), "id", "邀请编号", "邀评编号", "邀评ID",
                "邀请ID",
                "invitation no", "invitation id", "survey id", "id"),
        TICKET, AGENT, CHANNEL,
        _column("invited_at", _("invited at"), "instant", "邀请时间", "邀评时间", "发送时间",
                "invited at", "sent at", "invitation date"),
        _column("answered_at", _("answered at"), "instant", "评价时间", "回复时间", "答卷时间",
                "answered at", "responded at"),
        UPDATED,
    ),
    ("invited_at",),
    "invited_at",
    has_ids=True,
)  # fmt: skip
RECORDED = TableKind(
    "recorded",
    (
        _column("item", _("item"), "words", "指标", "项目", "录入项", "指标编码", "item",
                "indicator",
                "metric", limit=60),
        AGENT, DEPARTMENT,
        _column("effective_on", _("effective on"), "month", "日期", "生效日期", "月份", "考核月份",
                "期间", "effective on", "date", "month", "period"),
        _column("value", _("value"), "amount", "数值", "值", "结果", "录入值", "value", "result"),
        _column("evidence", _("evidence"), "words", "依据", "凭证", "证明", "备注", "evidence",
                "reference", limit=500),
        _column("origin", _("source"), "words", "数据来源", "来源", "出处", "source", "origin"),
    ),
    ("item", "effective_on", "value"),
    "effective_on",
)  # fmt: skip
ASSESSMENTS = TableKind(
    "assessments",
    (
        _column("external_id", _("assessment no."), "id", "评估编号", "质检编号", "质检单号",
                "考试编号",
                "编号", "assessment no", "assessment id", "inspection id", "review id", "id"),
        _column("questionnaire", _("questionnaire"), "words", "问卷", "质检表", "评分表", "试卷",
                "考试名称", "表单", "questionnaire", "form", "exam", limit=60),
        _column("use", _("use"), "choice", "评估类型", "用途", "类型", "use", "type"),
        AGENT, TICKET,
        _column("rater_group", _("rater group"), "choice", "评价人角色", "评价关系", "评价角色",
                "评分人角色", "rater group", "rater type", "relation"),
        _column("rater", _("rater"), "person", "评价人", "评分人", "质检员", "质检人", "考官",
                "rater",
                "inspector", "examiner", "reviewer"),
        _column("submitted_at", _("submitted at"), "instant", "提交时间", "质检时间", "评价时间",
                "考试时间", "考试日期", "评估时间", "日期", "submitted at", "inspected at",
                "reviewed at",
                "exam date", "date"),
        _column("score", pgettext_lazy("answer", "score"), "amount", "得分", "总分", "分数",
                "质检得分",
                "考试成绩", "成绩", "score", "total", "points"),
        _column("scale", pgettext_lazy("answer", "scale"), "count", "满分", "分制", "scale",
                "max score", "out of"),
        _column("valid_until", _("valid until"), "day", "有效期至", "证书有效期", "有效期",
                "valid until", "expires"),
        _column("is_adjudicated", _("adjudicated"), "flag", "是否仲裁", "是否裁定", "仲裁",
                "adjudicated"),
        _column("failed_fatal", _("a fatal item failed"), "flag", "致命错误", "是否致命",
                "一票否决",
                "fatal"),
        _column("round", _("round"), "count", "轮次", "次数", "round", "attempt"),
        COMMENT, UPDATED,
    ),
    ("agent", "submitted_at"),
    "submitted_at",
    has_ids=True,
)  # fmt: skip

KINDS: Mapping[str, TableKind] = {
    kind.key: kind
    for kind in (ORDERS, CONTACTS, CUSTOMER_ORDERS, SESSIONS, RECTIFICATIONS, LEAVE, INVITATIONS,
                 RECORDED, ASSESSMENTS)
}  # fmt: skip

# Texts of files for the values of the choices, in small letters.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "use": {
        "qa": "qa", "质检": "qa", "質檢": "qa", "inspection": "qa",
        "review360": "review360", "360": "review360", "360评价": "review360",
        "360度评价": "review360", "exam": "exam", "考试": "exam", "认证": "exam",
        "certification": "exam", "mystery": "mystery", "神秘顾客": "mystery",
        "神秘客": "mystery", "mystery shopper": "mystery",
    },
    "rater_group": {
        "self": "self", "自评": "self", "本人": "self",
        "supervisor": "supervisor", "主管": "supervisor", "上级": "supervisor",
        "manager": "supervisor",
        "qa": "qa", "质检": "qa", "质检员": "qa", "inspector": "qa",
        "peer": "peer", "同事": "peer", "同级": "peer", "互评": "peer",
        "customer": "customer", "客户": "customer",
        "examiner": "examiner", "考官": "examiner",
        "shopper": "shopper", "神秘顾客": "shopper", "神秘客": "shopper",
    },
}  # fmt: skip
