"""What else is known of the demo's tickets: visits, rework, causes, invitations, orders again."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]

CAUSES = ("流程", "商品", "技能", "物流", "政策")
ARTICLES = (
    "KB-101 物流查询",
    "KB-117 退换货规则",
    "KB-204 安装指引",
    "KB-309 发票开具",
    "KB-412 活动规则",
)
HALF_HOUR = 1800


@dataclass(slots=True)
class Done:
    """A resolved ticket, as samples are drawn from."""

    number: str
    agent: str
    kind: str
    channel: str
    resolved_at: datetime


@dataclass(slots=True)
class Surroundings:
    """Completes tickets with its own draws, and collects what comes of them."""

    random: Random
    done: list[Done] = field(default_factory=list)
    invitations: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    sessions: list[Row] = field(default_factory=list)
    _repairs: deque[str] = field(default_factory=lambda: deque(maxlen=120))
    _answers: int = 0

    def complete(self, row: Row, care: float) -> None:
        """Fields beyond the first contact; what the source would not tell stays away."""
        random, kind = self.random, row["kind"]
        resolved = row["resolved_at"]
        row["service_error"] = random.random() < max(0.004, 0.028 - 0.012 * care)
        has_article = resolved is not None and random.random() < 0.38 + 0.05 * care
        row["knowledge_article"] = random.choice(ARTICLES) if has_article else ""
        row["rework_of"] = ""
        if kind in ("repair", "return"):
            self._field_service(row, care)
        if kind == "complaint" and resolved is not None:
            row["root_cause"] = random.choice(CAUSES)
            row["root_cause_confirmed"] = random.random() < 0.84
        if kind == "suggestion":
            row["suggestion_adopted"] = random.random() < 0.32
        if random.random() < 0.02:
            self._session_before(row)

    def _field_service(self, row: Row, care: float) -> None:
        random = self.random
        is_repair = row["kind"] == "repair"
        onsite = is_repair and random.random() < 0.45
        row["service_type"] = "上门维修" if onsite else "远程维修" if is_repair else "退换货"
        responded, resolved = row["first_response_at"], row["resolved_at"]
        if resolved is None or responded is None:
            return
        row["solution_given_at"] = responded + (resolved - responded) / 3
        row["solution_given_at"] = row["solution_given_at"].replace(microsecond=0)
        if random.random() < 0.6:
            row["accepted"] = random.random() < 0.955
        if onsite:
            span = int((resolved - responded).total_seconds() * 0.7)
            at = responded + timedelta(seconds=span - span % HALF_HOUR)
            row["appointment_at"] = at.replace(second=0)
            late = random.gauss(-11 - 2 * care, 8)
            row["arrived_at"] = row["appointment_at"] + timedelta(minutes=int(late))
        if is_repair:
            if self._repairs and random.random() < 0.05:
                row["rework_of"] = random.choice(self._repairs)
            self._repairs.append(row["external_id"])

    def _session_before(self, row: Row) -> None:
        """A customer tried to help themselves first."""
        at = row["created_at"] - timedelta(seconds=self.random.randrange(300, 20_000))
        self.add_session(at, row["customer"], row["department"])

    def add_session(self, at: datetime, customer: str, department: str) -> None:
        self.sessions.append(
            {
                "external_id": f"V{len(self.sessions) + 1:06d}",
                "started_at": at,
                "customer": customer,
                "channel": "app",
                "department": department,
            }
        )

    def note(self, row: Row, answers: list[Row], now: datetime) -> None:
        """A resolved ticket: who was invited to rate it, what they said, whether they bought."""
        random, resolved = self.random, row["resolved_at"]
        self.done.append(
            Done(row["external_id"], row["agent"], row["kind"], row["channel"], resolved)
        )
        answer = answers[-1] if len(answers) > self._answers else None
        self._answers = len(answers)
        if answer is not None:
            self._say_more(answer)
        if answer is not None or random.random() < 0.4:
            self.invitations.append(
                {
                    "external_id": f"I{row['external_id']}",
                    "ticket": row["external_id"],
                    "agent": row["agent"],
                    "channel": row["channel"],
                    "invited_at": resolved + timedelta(minutes=2),
                    "answered_at": answer["answered_at"] if answer else None,
                }
            )
        if random.random() < 0.3:
            at = resolved + timedelta(seconds=random.randrange(86_400, 110 * 86_400))
            if at <= now:
                self.orders.append(
                    {
                        "external_id": f"O{len(self.orders) + 1:07d}",
                        "customer": row["customer"],
                        "ordered_at": at,
                    }
                )

    def _say_more(self, answer: Row) -> None:
        """Dimensions and likelihood to recommend, near the score."""
        random, score = self.random, answer["score"]
        if random.random() < 0.7:
            answer["dimensions"] = {
                name: max(1, min(5, round(random.gauss(score + lift, 0.6))))
                for name, lift in (
                    ("attitude", 0.15), ("efficiency", -0.2), ("outcome", -0.05),
                    ("expertise", 0.05),
                )
            }  # fmt: skip
        if random.random() < 0.6:
            answer["nps"] = max(0, min(10, round(random.gauss(2 * score - 0.6, 1.1))))
