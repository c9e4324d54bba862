"""Every metric of tickets and answers reckoned by pandas from plain frames, as 2-indicators says.

It knows nothing of the product's conditions, indexes or whole seconds. A metric gives a frame of
the records of its anchor: whom they count for, an `amount` (of a rate 1 or 0), and a `reason`
where they are left out.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pandas as pd

from appraisal.metrics.tests.pandas_indices import index, per_order
from appraisal.metrics.tests.pandas_rows import (
    Figure,
    Frame,
    View,
    after,
    answers,
    created,
    flag,
    four,
    known,
    resolved,
    seconds,
    served,
    told,
    verdict,
    within,
)
from appraisal.metrics.tests.world import World


def response(world: World, view: View, working: bool = False) -> Frame:
    rows = created(world, view)
    seen = rows.first_response_at.where(rows.first_response_at <= view.cutoff)
    amount = seconds(rows.created_at, seen)
    never = ~rows.reports_response.astype(bool) & rows.first_response_at.isna()
    reasons = [(never, "missing"), (seen.isna(), "unanswered"), (amount < 0, "contradictory")]
    if working:
        amount = served(rows, rows.created_at, seen, world.departments)
    return verdict(rows, amount, *reasons)


def quick(world: World, view: View, threshold: int, working: bool = False) -> Frame:
    rows = response(world, view, working)
    waited = (view.cutoff - rows.created_at).dt.total_seconds()
    if working:
        end = pd.Series(view.cutoff, index=rows.index)
        waited = served(rows, rows.created_at, end, world.departments)
    open_ = rows.reason == "unanswered"
    rows["amount"] = (rows.amount <= threshold).astype(float)
    rows.loc[open_ & (waited >= threshold), "reason"] = ""
    rows.loc[open_ & (waited < threshold), "reason"] = "pending"
    return rows


def late(world: World, view: View, threshold: int) -> Frame:
    rows = quick(world, view, threshold)
    return rows.assign(amount=1 - rows.amount)


def full(world: World, view: View, until: str = "resolved", working: bool = False) -> Frame:
    rows = resolved(world, view)
    end = rows.resolved_at
    pending = pd.Series(False, index=rows.index)
    if until == "last":
        end = rows.last_resolved_at.where(rows.last_resolved_at.notna(), rows.resolved_at)
        pending = end > view.cutoff
    if until == "solution":
        given = rows.solution_given_at.where(rows.solution_given_at <= view.cutoff)
        end = end.where(~(given < end), given)
    amount = seconds(rows.created_at, end)
    reasons = [(pending, "pending"), (amount < 0, "contradictory")]
    if working:
        amount = served(rows, rows.created_at, end, world.departments)
    return verdict(rows, amount, *reasons)


def active(world: World, view: View) -> Frame:
    rows = resolved(world, view)
    seen = rows.first_response_at.where(rows.first_response_at <= view.cutoff)
    amount = seconds(seen, rows.resolved_at)
    return verdict(rows, amount, (seen.isna(), "missing"), (amount < 0, "contradictory"))


def talk(world: World, view: View) -> Frame:
    rows = created(world, view)
    return verdict(rows, rows.handle_seconds, (rows.handle_seconds.isna(), "missing"))


def never_resolved(rows: Frame) -> Any:
    return ~rows.reports_resolution.astype(bool) & rows.resolved_at.isna()


def resolution(world: World, view: View) -> Frame:
    rows = created(world, view)
    done = (rows.resolved_at <= view.cutoff).astype(float)
    return verdict(rows, done, (never_resolved(rows), "missing"))


def first_owner(world: World, view: View) -> Frame:
    rows = resolution(world, view)
    return rows.assign(amount=rows.amount * (rows.agent == rows["first"]))


def promised(world: World, view: View) -> Frame:
    rows = known(world, view)
    rows = within(rows, rows.promised_at, view, seen=False)
    done = rows.resolved_at <= view.cutoff
    kept = (done & (rows.resolved_at <= rows.promised_at)).astype(float)
    waits = ~done & (rows.promised_at > view.cutoff)
    return verdict(rows, kept, (never_resolved(rows), "missing"), (waits, "pending"))


def visits(world: World, view: View, grace: int = 0) -> Frame:
    rows = known(world, view)
    rows = within(rows, rows.appointment_at, view, seen=False)
    limit = rows.appointment_at + pd.Timedelta(seconds=grace)
    there = rows.arrived_at <= view.cutoff
    on_time = (there & (rows.arrived_at <= limit)).astype(float)
    return verdict(rows, on_time, (~there & (limit > view.cutoff), "pending"))


def fcr(world: World, view: View) -> Frame:
    rows = resolved(world, view)
    signs = pd.DataFrame(
        {
            "contacts": rows.contacts.map(lambda n: None if pd.isna(n) else n <= 1),
            "reopens": rows.reopens.map(lambda n: None if pd.isna(n) else n == 0),
            "transfers": rows.transfers.map(lambda n: None if pd.isna(n) else n == 0),
            "escalated": rows.escalated.map(lambda flag: None if pd.isna(flag) else not flag),
        }
    )
    judged = signs.apply(lambda row: all(row.dropna()), axis=1)
    unknown = signs.isna().all(axis=1) & rows.first_contact.isna()
    hit = judged.where(rows.first_contact.isna(), rows.first_contact)
    return verdict(rows, hit.astype(bool).astype(float), (unknown, "missing"))


def mishandled(world: World, view: View) -> Frame:
    rows = created(world, view)
    complaints = known(world, view)
    complaints = complaints[complaints.kind == "complaint"]

    def again(row: Any) -> bool:
        same = complaints[
            (complaints.customer_hash == row.customer_hash)
            & (complaints.category == row.category)
            & (complaints.created_at > row.created_at)
        ]
        return bool(row.customer_hash and row.category and len(same))

    complained = pd.Series([again(row) for row in rows.itertuples()], index=rows.index)
    open_ = ~(rows.resolved_at <= view.cutoff)
    bad = open_ | complained | (rows.escalated == True)  # noqa: E712
    return told(rows, "service_error", flag(rows, "service_error") * bad)


def follow(rows: Frame, events: Frame, instant: str, at: str, days: int, keys: Any) -> Any:
    """Whether an event with the same keys came after the instant and within the days."""
    span = pd.Timedelta(days=days)

    def one(row: Any) -> bool:
        start = getattr(row, instant)
        found = events[(events[at] > start) & (events[at] <= start + span)]
        for own, other in keys:
            found = found[found[other] == getattr(row, own)]
        return bool(len(found))

    return pd.Series([one(row) for row in rows.itertuples()], index=rows.index, dtype=bool)


def windowed(rows: Frame, hit: Any, unknown: Any, view: View, instant: str, days: int) -> Frame:
    is_open = rows[instant] + pd.Timedelta(days=days) > view.cutoff
    return verdict(rows, hit.astype(float), (unknown, "missing"), (is_open, "pending"))


SAME = (("customer_hash", "customer_hash"), ("category", "category"))


def repeat(world: World, view: View, days: int = 30) -> Frame:
    rows = known(world, view)
    rows = rows[rows.kind == "complaint"]
    ends = rows.created_at + pd.Timedelta(days=days)
    own = within(rows, ends, view, seen=False)
    hit = follow(own, rows, "created_at", "created_at", days, SAME)
    nameless = (own.customer_hash == "") | (own.category == "")
    return windowed(own, hit, nameless, view, "created_at", days)


def one_touch(world: World, view: View, days: int = 7) -> Frame:
    rows = after(world, view, days)
    back = follow(rows, known(world, view), "resolved_at", "created_at", days, SAME)
    once = rows.contacts.map(lambda n: pd.isna(n) or n <= 1) & (rows.reopens == 0)
    unknown = (rows.customer_hash == "") | (rows.category == "") | rows.reopens.isna()
    return windowed(rows, once & ~back, unknown, view, "resolved_at", days)


def redone(world: World, view: View, days: int = 30) -> tuple[Frame, Any]:
    rows = after(world, view, days)
    keys = (("external_id", "rework_of"),)
    return rows, follow(rows, known(world, view), "resolved_at", "created_at", days, keys)


def rework(world: World, view: View) -> Frame:
    rows, hit = redone(world, view)
    return windowed(rows, hit, rows.rework_of.isna(), view, "resolved_at", 30)


def first_pass(world: World, view: View) -> Frame:
    rows, again = redone(world, view)
    rejected = rows.accepted == False  # noqa: E712
    unknown = rows.rework_of.isna() & rows.accepted.isna()
    return windowed(rows, ~again & ~rejected, unknown, view, "resolved_at", 30)


def repurchase(world: World, view: View, days: int = 90) -> Frame:
    rows = after(world, view, days)
    orders = world.orders[world.orders.ordered_at <= view.cutoff]
    keys = (("customer_hash", "customer_hash"),)
    hit = follow(rows, orders, "resolved_at", "ordered_at", days, keys)
    return windowed(rows, hit, rows.customer_hash == "", view, "resolved_at", days)


def score(world: World, view: View, kind: str = "") -> Frame:
    rows = answers(world, view)
    rows = rows[rows.kind == kind] if kind else rows
    points = [
        None if pd.isna(n) else n * 100 / of for n, of in zip(rows.score, rows.scale, strict=True)
    ]
    return verdict(rows, points, (rows.score.isna(), "missing"))


def top(world: World, view: View) -> Frame:
    rows = score(world, view)
    return rows.assign(amount=(rows.amount >= 80).astype(float))


def nps(world: World, view: View) -> Frame:
    rows = answers(world, view)
    vote = rows.nps.map(lambda n: 0 if pd.isna(n) else int(n >= 9) - int(n <= 6))
    return verdict(rows, vote, (rows.nps.isna(), "missing"))


def invited(world: World, view: View) -> Frame:
    rows = within(world.invitations, world.invitations.invited_at, view)
    return verdict(rows, (rows.answered_at <= view.cutoff).astype(float))


def of_kind(make: Callable[..., Frame], kind: str, *rest: Any) -> Callable[..., Frame]:
    def made(world: World, view: View) -> Frame:
        rows = make(world, view, *rest)
        return rows[rows.kind == kind]

    return made


RATE, MEAN = 100, 1
BY_FIRST = "first"
Recipe = tuple[Callable[[World, View], Frame], int, str]
RECIPES: dict[str, Recipe] = {
    "frt_mean": (response, MEAN, BY_FIRST),
    "frt_mean?clock=working": (lambda w, v: response(w, v, True), MEAN, BY_FIRST),
    "frt_median": (response, MEAN, BY_FIRST),
    "frt_median?clock=working": (lambda w, v: response(w, v, True), MEAN, BY_FIRST),
    "frt_within?threshold=60": (lambda w, v: quick(w, v, 60), RATE, BY_FIRST),
    "frt_within?threshold=3600&clock=working": (
        lambda w, v: quick(w, v, 3600, True), RATE, BY_FIRST,
    ),
    "frt_timeout?threshold=600": (lambda w, v: late(w, v, 600), RATE, BY_FIRST),
    "aht_full": (full, MEAN, "agent"),
    "aht_full?until=last": (lambda w, v: full(w, v, "last"), MEAN, "agent"),
    "aht_full?until=solution": (lambda w, v: full(w, v, "solution"), MEAN, "agent"),
    "aht_full?clock=working": (lambda w, v: full(w, v, working=True), MEAN, "agent"),
    "aht_full?clock=working&until=solution": (
        lambda w, v: full(w, v, "solution", True), MEAN, "agent",
    ),
    "aht_full?clock=working&until=last": (
        lambda w, v: full(w, v, "last", True), MEAN, "agent",
    ),
    "aht_active": (active, MEAN, "agent"),
    "cycle_time?service_type=repair": (
        lambda w, v: full(w, v)[lambda f: f.service_type == "repair"], MEAN, "agent",
    ),
    "return_time": (of_kind(full, "return"), MEAN, "agent"),
    "talk_mean": (talk, MEAN, "agent"),
    "sla_met": (promised, RATE, "agent"),
    "onsite_on_time": (visits, RATE, "agent"),
    "onsite_on_time?grace=900": (lambda w, v: visits(w, v, 900), RATE, "agent"),
    "fcr": (fcr, RATE, BY_FIRST),
    "one_touch": (one_touch, RATE, "agent"),
    "one_touch?window=30": (lambda w, v: one_touch(w, v, 30), RATE, "agent"),
    "first_owner": (first_owner, RATE, BY_FIRST),
    "resolution": (resolution, RATE, "agent"),
    "escalation": (lambda w, v: told(created(w, v), "escalated"), RATE, BY_FIRST),
    "transfer": (lambda w, v: told(created(w, v), "transfers"), RATE, BY_FIRST),
    "reopen": (lambda w, v: told(resolved(w, v), "reopens"), RATE, "agent"),
    "error": (lambda w, v: told(resolved(w, v), "service_error"), RATE, "agent"),
    "mishandled": (mishandled, RATE, "agent"),
    "rework": (rework, RATE, "agent"),
    "first_pass": (first_pass, RATE, "agent"),
    "kb_reuse": (lambda w, v: told(resolved(w, v), "knowledge_article"), RATE, "agent"),
    "repeat_complaint": (repeat, RATE, "agent"),
    "repeat_complaint?window=5": (lambda w, v: repeat(w, v, 5), RATE, "agent"),
    "csat_mean": (score, MEAN, "agent"),
    "csat_top": (top, RATE, "agent"),
    "complaint_csat": (lambda w, v: score(w, v, "complaint"), MEAN, "agent"),
    "nps": (nps, RATE, "agent"),
    "survey_response": (invited, RATE, "agent"),
    "repurchase": (repurchase, RATE, "agent"),
    "suggestion": (
        of_kind(lambda w, v: told(created(w, v), "suggestion_adopted"), "suggestion"), RATE,
        "agent",
    ),
    "root_cause": (
        of_kind(lambda w, v: told(resolved(w, v), "root_cause_confirmed"), "complaint"), RATE,
        "agent",
    ),
    "volume": (lambda w, v: verdict(resolved(w, v), 1.0), MEAN, "agent"),
}  # fmt: skip


_made: dict[tuple[str, View], Frame] = {}


def _rows(argument: str, view: View, make: Callable[[], Frame]) -> Frame:
    """The frame of a recipe, made once for all levels: there is one world."""
    if (argument, view) not in _made:
        _made[argument, view] = make()
    return _made[argument, view]


def figures(argument: str, world: World, view: View, level: str) -> dict[int, Figure]:
    """What everybody has, or every department."""
    if argument.startswith("csi"):
        return index(argument, world, view, level)
    if argument in ("complaint_rate", "refund_dispute"):
        return per_order(argument, world, view, level)
    _recipe, factor, owner = RECIPES[argument]
    rows = _rows(argument, view, lambda: _recipe(world, view))
    group = owner if level == "agent" else "department"
    found = {}
    for who, each in rows[rows[group].notna()].groupby(group):
        reasons = each.reason[each.reason != ""].value_counts().to_dict()
        counted = each[each.reason == ""]
        found[int(who)] = _figure(argument.partition("?")[0], counted, reasons, factor)
    return found


def _figure(metric: str, counted: Frame, reasons: dict[str, int], factor: int) -> Figure:
    if counted.empty:
        return Figure(None, 0, reasons)
    if metric == "repurchase":
        counted = counted.groupby("customer_hash").amount.max().to_frame()
    size = len(counted)
    if metric == "volume":
        return Figure(four(size), size, reasons)
    if metric == "frt_median":
        ordered = sorted(int(each) for each in counted.amount)
        return Figure(four(ordered[(size - 1) // 2] + ordered[size // 2], 2), size, reasons)
    total = sum((Fraction(str(each)) for each in counted.amount), Fraction(0))
    return Figure(four(total * factor, size), size, reasons)
