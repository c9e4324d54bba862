"""Response, handling and satisfaction of the sample exports, reckoned by pandas alone.

It reads the raw files in its own way and knows nothing of the product: what a column means is
said in 13-contracts, what a figure means in 2-indicators. Each function gives a frame of agent,
anchor and seconds (or points), naive company time; `monthly` makes means of it.
"""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pandas as pd

SETTLE = pd.Timedelta(days=3)
Figures = dict[tuple[str, str], str]  # (month, agent) → value with four decimals


def monthly(agent: Any, anchor: Any, amount: Any, seen: Any = None) -> Figures:
    """Means per month of the anchor and agent, of the rows with an amount of zero or more.

    `seen`: when the amount became known; later than the month's end and three days is unknown.
    """
    rows = pd.DataFrame({"agent": agent, "anchor": anchor, "amount": amount, "seen": seen})
    rows = rows[rows.amount.notna() & rows.anchor.notna() & rows.agent.notna()]
    rows = rows[(rows.amount >= 0) & (rows.agent != "")]
    month = rows.anchor.dt.to_period("M")
    if seen is not None:
        rows = rows[rows.seen <= (month + 1).dt.start_time + SETTLE]
        month = rows.anchor.dt.to_period("M")
    names = rows.agent.map(lambda text: normalize("NFKC", str(text)).strip())
    groups = rows.amount.astype("int64").groupby([month.astype(str), names])
    return {
        key: str((Decimal(int(total)) / int(count)).quantize(Decimal("0.0001"), ROUND_HALF_UP))
        for key, total, count in zip(groups.sum().index, groups.sum(), groups.count(), strict=True)
    }


def seconds(start: Any, end: Any) -> Any:
    return (end - start).dt.total_seconds()


def qiyu(week: Path, other: Path) -> dict[str, Figures]:
    """The later 更新时间 wins; who handled it stays who did when it was first completed."""
    frames = [pd.read_excel(path, dtype=str, engine="calamine") for path in (week, other)]
    rows = pd.concat(frames, ignore_index=True)
    for column in ("创建时间", "更新时间", "工单首次响应时间", "工单首次完结时间"):
        rows[column] = pd.to_datetime(rows[column], format="%Y-%m-%d %H:%M:%S")
    rows = rows.sort_values(["更新时间"], kind="stable")
    done_rows = rows[rows.状态 == "已完结"].drop_duplicates("工单号", keep="first")
    owner = done_rows.set_index("工单号").受理人
    last = rows.drop_duplicates("工单号", keep="last").set_index("工单号")
    first_agent = last.工单首次响应客服.fillna(last.受理人)
    done = last[last.状态 == "已完结"]
    resolved = done.工单首次完结时间
    return {
        "frt_mean": monthly(
            first_agent, last.创建时间, seconds(last.创建时间, last.工单首次响应时间),
            last.工单首次响应时间,
        ),
        "aht_full": monthly(owner[done.index], resolved, seconds(done.创建时间, resolved)),
        "aht_active": monthly(
            owner[done.index], resolved, seconds(done.工单首次响应时间, resolved)
        ),
    }  # fmt: skip


def shopzilla(path: Path) -> dict[str, Figures]:
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    reported = pd.to_datetime(rows["Issue_reported at"], format="%d/%m/%Y %H:%M")
    responded = pd.to_datetime(rows["issue_responded"], format="%d/%m/%Y %H:%M")
    surveyed = pd.to_datetime(rows["Survey_response_Date"], format="%d-%b-%y")
    talk = pd.to_numeric(rows["connected_handling_time"], errors="coerce")
    agent = rows["Agent_name"]
    return {
        "frt_mean": monthly(agent, reported, seconds(reported, responded), responded),
        "talk_mean": monthly(agent, reported, talk),
        "csat_mean": monthly(agent, surveyed, rows["CSAT Score"].astype(int) * 20),
    }


def calls(path: Path) -> dict[str, Figures]:
    rows = pd.read_excel(path, engine="calamine")
    clock = rows["Time"].map(lambda time: pd.Timedelta(str(time)))
    talk = rows["AvgTalkDuration"].map(
        lambda time: None if pd.isna(time) else pd.Timedelta(str(time)).total_seconds()
    )
    created = pd.to_datetime(rows["Date"].astype(str)) + clock
    speed = rows["Speed of answer in seconds"]
    answered = created + pd.to_timedelta(speed, unit="s")
    resolved = (answered + pd.to_timedelta(talk, unit="s")).where(rows["Resolved"] == "Y")
    # The survey has no date of its own: the end of the call, else its start.
    ended = (answered + pd.to_timedelta(talk, unit="s")).fillna(created)
    return {
        "frt_mean": monthly(rows["Agent"], created, speed, answered),
        "aht_full": monthly(rows["Agent"], resolved, speed + talk),
        "aht_active": monthly(rows["Agent"], resolved, talk),
        "talk_mean": monthly(rows["Agent"], created, talk),
        "csat_mean": monthly(rows["Agent"], ended, rows["Satisfaction rating"] * 20),
    }


def zendesk(path: Path) -> dict[str, Figures]:
    rows = pd.read_csv(path)
    created = pd.to_datetime(rows["Created Date"])
    resolved = pd.to_datetime(rows["Resolved Date"])
    response = rows["Response Time (hours)"] * 3600
    answered = created + pd.to_timedelta(response, unit="s")
    agent = rows["Agent Assigned"]
    cut = resolved.dt.to_period("M").add(1).dt.start_time + SETTLE
    return {
        "frt_mean": monthly(agent, created, response, answered),
        "aht_full": monthly(agent, resolved, seconds(created, resolved)),
        "aht_active": monthly(agent, resolved, seconds(answered.where(answered <= cut), resolved)),
    }
