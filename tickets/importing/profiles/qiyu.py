"""NetEase Qiyu 七鱼: 企业工单导出."""

from django.utils.translation import gettext_lazy as _

from tickets.importing.profiles.base import Profile

QIYU = Profile(
    key="qiyu",
    label=_("Qiyu work orders"),
    signature=("工单号", "受理人", "工单首次响应时间", "工单首次响应客服"),
    columns={
        "external_id": ("工单号",),
        "agent": ("受理人",),
        "first_agent": ("工单首次响应客服",),
        "department": ("受理组",),
        "status": ("状态",),
        "created_at": ("创建时间",),
        "source_updated_at": ("更新时间",),
        "first_response_at": ("工单首次响应时间",),
        "resolved_at": ("工单首次完结时间",),
        "last_resolved_at": ("工单最近完结时间",),
        "category": ("一级分类",),
        "sub_category": ("二级分类",),
        "priority": ("优先级",),
    },
    values={
        "status": {"已完结": "resolved", "已关闭": "closed", "受理中": "open", "待受理": "open",
                   "待领取": "open", "已驳回": "open"},
    },
    rules=("reopened_when_completed_twice", "resolution_only_when_done"),
)  # fmt: skip
