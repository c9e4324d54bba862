"""Who works in the demo company: invented people, the same for the same seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = [
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "霞",
    "平",
    "刚",
    "桂英",
    "梓涵",
    "欣怡",
    "子轩",
    "雨桐",
    "浩然",
    "诗涵",
    "嘉怡",
    "思远",
    "晓雯",
    "俊杰",
    "佳琪",
    "文博",
    "雅静",
    "志远",
    "慧敏",
    "海燕",
    "建国",
    "春梅",
    "宇航",
    "晨曦",
    "婉婷",
    "天佑",
    "若曦",
    "子墨",
    "思琪",
    "一鸣",
    "心怡",
    "鹏飞",
    "雪梅",
    "国强",
    "玉兰",
    "立新",
    "晓东",
    "丹丹",
    "凯",
    "琳",
    "倩",
    "博文",
    "悦",
    "萌",
    "帆",
    "璐",
    "颖",
    "昊",
    "宁",
    "蕾",
]


@dataclass(frozen=True, slots=True)
class Unit:
    """A department of the demo: its agents, channels with shares, tickets per agent and day."""

    code: str
    name: str
    name_zh_hant: str
    name_en: str
    agents: int
    supervisors: int
    per_day: float
    channels: tuple[tuple[str, float], ...]
    kinds: tuple[tuple[str, float], ...]
    orders_per_day: int


UNITS = (
    Unit(
        "ONLINE",
        "在线客服",
        "線上客服",
        "Online service",
        16,
        2,
        5.5,
        (("chat", 0.8), ("app", 0.2)),
        (
            ("inquiry", 0.72),
            ("return", 0.14),
            ("complaint", 0.06),
            ("refund_dispute", 0.03),
            ("suggestion", 0.05),
        ),
        420,
    ),
    Unit(
        "HOTLINE",
        "热线客服",
        "熱線客服",
        "Hotline",
        14,
        2,
        5.0,
        (("hotline", 1.0),),
        (
            ("inquiry", 0.68),
            ("repair", 0.14),
            ("complaint", 0.09),
            ("return", 0.06),
            ("suggestion", 0.03),
        ),
        360,
    ),
    Unit(
        "AFTERSALES",
        "售后服务",
        "售後服務",
        "After-sales",
        10,
        1,
        3.2,
        (("app", 0.45), ("hotline", 0.35), ("chat", 0.2)),
        (("repair", 0.52), ("return", 0.28), ("inquiry", 0.12), ("complaint", 0.08)),
        240,
    ),
    Unit(
        "COMPLAINTS",
        "投诉处理",
        "客訴處理",
        "Complaints",
        8,
        1,
        3.4,
        (("hotline", 0.5), ("chat", 0.3), ("social", 0.2)),
        (("complaint", 0.86), ("refund_dispute", 0.14)),
        300,
    ),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the demo. `user` is the account's name, "" for none."""

    number: str
    name: str
    department: str
    position: str
    hired_on: date
    left_on: date | None
    supervisor: str
    roles: tuple[str, ...]
    user: str


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer of one agent to another department and supervisor on a day."""

    number: str
    department: str
    supervisor: str
    on: date


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, in order of employee no., and the transfers."""

    people: tuple[Person, ...]
    moves: tuple[Move, ...]

    def agents(self) -> list[Person]:
        return [person for person in self.people if person.position == "AGENT"]


def names(random: Random, count: int) -> list[str]:
    """`count` different invented names."""
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        chosen[random.choice(SURNAMES) + random.choice(GIVEN)] = None
    return list(chosen)


def make_cast(random: Random, first_day: date, today: date) -> Cast:
    """The people of the demo: agents, supervisors, HR, committee, inspectors, admin, auditor.

    One agent left, one moved to another department and one was hired, all mid-period.
    """
    pool = iter(names(random, 90))
    people: list[Person] = []
    number = iter(range(1001, 2000))
    founding = first_day - timedelta(days=400)

    def add(
        department: str,
        position: str,
        supervisor: str = "",
        roles: tuple[str, ...] = (),
        user: str = "",
        hired_on: date = founding,
        left_on: date | None = None,
    ) -> str:
        code = f"E{next(number)}"
        people.append(
            Person(
                code,
                next(pool),
                department,
                position,
                hired_on,
                left_on,
                supervisor,
                roles,
                user or (code.lower() if roles else ""),
            )
        )
        return code

    add("OFFICE", "MANAGER", roles=("chair",), user="chair")
    for index in range(4):
        add(
            "OFFICE",
            "MANAGER",
            roles=("committee",),
            user=f"committee{index + 1 if index else ''}",
        )
    add("HR", "HR", roles=("hr_lead",), user="hr_lead")
    add("HR", "HR", roles=("hr",), user="hr")
    add("QUALITY", "INSPECTOR", roles=("inspector",), user="inspector")
    add("QUALITY", "INSPECTOR", roles=("inspector",), user="inspector2")
    add("OFFICE", "IT", roles=("admin",), user="admin")
    add("OFFICE", "AUDITOR", roles=("auditor",), user="auditor")
    year = today.year - 1
    for unit in UNITS:
        leads = [
            add(
                unit.code,
                "SUPERVISOR",
                roles=("supervisor",),
                user="supervisor" if unit.code == "ONLINE" and not index else "",
            )
            for index in range(unit.supervisors)
        ]
        for index in range(unit.agents):
            hired, left = founding, None
            if unit.code == "HOTLINE" and index == unit.agents - 1:
                hired = date(year, 8, 11)
            if unit.code == "HOTLINE" and index == 3:
                left = date(year, 10, 17)
            add(
                unit.code,
                "AGENT",
                leads[index % len(leads)],
                ("agent",),
                "agent" if unit.code == "ONLINE" and not index else "",
                hired,
                left,
            )
    online = [p for p in people if p.department == "ONLINE" and p.position == "AGENT"]
    complaints_lead = next(
        p.number for p in people if p.department == "COMPLAINTS" and p.position == "SUPERVISOR"
    )
    moves = (Move(online[5].number, "COMPLAINTS", complaints_lead, date(year, 9, 8)),)
    return Cast(tuple(people), moves)
