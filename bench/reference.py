"""The limit: the same figures by SQL written by hand, as tight as it gets, for both databases.

One statement, a select per anchor and owner. Values come out of the database times 10,000,
rounded half up by whole-number arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kpi_portal.core.time import Window


def _people(owner: str) -> str:
    shared = "SELECT id FROM people_employee WHERE is_shared"
    return f"{owner} IS NOT NULL AND {owner} NOT IN ({shared})"


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of a part: SQL for value × 10,000, numerator, denominator, left-out counts."""

    metric: str
    top: str
    bottom: str
    factor: int = 100
    left_out: dict[str, str] = field(default_factory=dict)
    value: str = ""
    sample: str = ""

    @property
    def columns(self) -> list[str]:
        value = self.value or (
            f"({self.top} * {self.factor * 20_000} + {self.bottom}) / nullif({self.bottom} * 2, 0)"
        )
        return [value, self.top, self.bottom, self.sample or self.bottom, *self.left_out.values()]


@dataclass(frozen=True, slots=True)
class Part:
    """One select: rows of agents out of `source`."""

    source: str
    figures: Sequence[Figure]


CREATED = "created_at >= {start} AND created_at < {end}"
OPEN = "(first_response_at IS NULL AND reports_response OR first_response_at > {cutoff})"

BY_FIRST_AGENT = Part(
    f"""
    SELECT first_owner_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE frt_s IS NOT NULL AND first_response_at <= {{cutoff}}) AS n_in,
      sum(frt_s) FILTER (WHERE first_response_at <= {{cutoff}}) AS s_in,
      count(*) FILTER (WHERE {OPEN}) AS n_open,
      count(*) FILTER (WHERE frt_s IS NULL AND first_response_at <= {{cutoff}}) AS wrong,
      count(*) FILTER (WHERE channel = 'chat') AS c_n,
      count(*) FILTER (WHERE channel = 'chat' AND frt_s <= 60
        AND first_response_at <= {{cutoff}}) AS c_hit,
      count(*) FILTER (WHERE channel = 'chat' AND created_at > {{due}} AND {OPEN}) AS c_open,
      count(*) FILTER (WHERE channel = 'chat' AND frt_s IS NULL
        AND first_response_at <= {{cutoff}}) AS c_wrong,
      count(*) FILTER (WHERE kind = 'complaint') AS e_all,
      count(*) FILTER (WHERE kind = 'complaint' AND escalated IS NOT NULL) AS e_n,
      count(*) FILTER (WHERE kind = 'complaint' AND escalated) AS e_hit,
      count(transfers) AS t_n, count(*) FILTER (WHERE transfers > 0) AS t_hit,
      count(*) FILTER (WHERE frt_s > 60 AND first_response_at <= {{cutoff}}
        OR created_at <= {{due}} AND {OPEN}) AS l_hit,
      count(*) FILTER (WHERE created_at > {{due}} AND {OPEN}) AS l_open,
      count(*) FILTER (WHERE resolved_at <= {{cutoff}} AND agent_id = first_owner_id) AS o_hit,
      count(*) FILTER (WHERE resolved_at IS NULL AND NOT reports_resolution) AS o_out
    FROM tickets_ticket WHERE {CREATED} AND {_people('first_owner_id')}
    GROUP BY first_owner_id""",
    [
        Figure("frt_mean", "s_in", "n_in", 1, {
            "unanswered": "n_open", "contradictory": "wrong",
            "missing": "n - n_in - n_open - wrong",
        }),
        Figure("frt_within?threshold=60&channel=chat", "c_hit", "(c_n - c_open - c_wrong)",
               left_out={"pending": "c_open", "contradictory": "c_wrong"}),
        Figure("escalation?kind=complaint", "e_hit", "e_n", left_out={"missing": "e_all - e_n"}),
        Figure("transfer", "t_hit", "t_n", left_out={"missing": "n - t_n"}),
        Figure("frt_timeout?threshold=60", "l_hit", "(n - l_open - wrong)",
               left_out={"pending": "l_open", "contradictory": "wrong"}),
        Figure("first_owner", "o_hit", "(n - o_out)", left_out={"missing": "o_out"}),
    ],
)  # fmt: skip
BY_AGENT = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE resolved_at <= {{cutoff}}) AS hit,
      count(*) FILTER (WHERE resolved_at IS NULL AND NOT reports_resolution) AS missing,
      count(handle_seconds) AS t_n, sum(handle_seconds) AS t_s,
      count(*) FILTER (WHERE kind = 'suggestion') AS s_all,
      count(*) FILTER (WHERE kind = 'suggestion' AND suggestion_adopted IS NOT NULL) AS s_n,
      count(*) FILTER (WHERE kind = 'suggestion' AND suggestion_adopted) AS s_hit
    FROM tickets_ticket WHERE {CREATED} AND {_people("agent_id")} GROUP BY agent_id""",
    [
        Figure("resolution", "hit", "(n - missing)", left_out={"missing": "missing"}),
        Figure("talk_mean", "t_s", "t_n", 1, {"missing": "n - t_n"}),
        Figure("suggestion", "s_hit", "s_n", left_out={"missing": "s_all - s_n"}),
    ],
)
RESOLVED = "resolved_at >= {start} AND resolved_at < {end} AND created_at <= {cutoff}"
RESOLVED_BY_AGENT = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n, count(full_s) AS f_n, sum(full_s) AS f_s,
      count(active_s) AS a_n, sum(active_s) AS a_s,
      count(*) FILTER (WHERE active_s IS NULL AND first_response_at <= {{cutoff}}) AS a_wrong,
      count(reopens) AS r_n, count(*) FILTER (WHERE reopens > 0) AS r_hit,
      count(service_error) AS e_n, count(*) FILTER (WHERE service_error) AS e_hit,
      count(knowledge_article) AS k_n,
      count(*) FILTER (WHERE knowledge_article > '') AS k_hit,
      count(*) FILTER (WHERE kind = 'complaint') AS c_all,
      count(root_cause_confirmed) FILTER (WHERE kind = 'complaint') AS c_n,
      count(*) FILTER (WHERE kind = 'complaint' AND root_cause_confirmed) AS c_hit,
      count(*) FILTER (WHERE kind = 'return') AS b_all,
      count(full_s) FILTER (WHERE kind = 'return') AS b_n,
      sum(full_s) FILTER (WHERE kind = 'return') AS b_s,
      count(*) FILTER (WHERE service_type = 'repair') AS p_all,
      count(full_s) FILTER (WHERE service_type = 'repair') AS p_n,
      sum(full_s) FILTER (WHERE service_type = 'repair') AS p_s
    FROM tickets_ticket WHERE {RESOLVED} AND {_people('agent_id')} GROUP BY agent_id""",
    [
        Figure("aht_full", "f_s", "f_n", 1, {"contradictory": "n - f_n"}),
        Figure("aht_active", "a_s", "a_n", 1,
               {"contradictory": "a_wrong", "missing": "n - a_n - a_wrong"}),
        Figure("reopen", "r_hit", "r_n", left_out={"missing": "n - r_n"}),
        Figure("error", "e_hit", "e_n", left_out={"missing": "n - e_n"}),
        Figure("kb_reuse", "k_hit", "k_n", left_out={"missing": "n - k_n"}),
        Figure("root_cause", "c_hit", "c_n", left_out={"missing": "c_all - c_n"}),
        Figure("return_time", "b_s", "b_n", 1, {"contradictory": "b_all - b_n"}),
        Figure("cycle_time?service_type=repair", "p_s", "p_n", 1,
               {"contradictory": "p_all - p_n"}),
        Figure("volume", "n", "1", value="n * 10000", sample="n"),
    ],
)  # fmt: skip
RESOLVED_BY_FIRST_AGENT = Part(
    f"""
    SELECT first_owner_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE first_contact OR first_contact IS NULL
        AND coalesce(contacts, 1) <= 1 AND coalesce(reopens, 0) = 0
        AND coalesce(transfers, 0) = 0 AND NOT coalesce(escalated, false)
        AND (contacts IS NOT NULL OR reopens IS NOT NULL OR transfers IS NOT NULL
          OR escalated IS NOT NULL)) AS hit,
      count(*) FILTER (WHERE first_contact IS NULL AND contacts IS NULL AND reopens IS NULL
        AND transfers IS NULL AND escalated IS NULL) AS missing
    FROM tickets_ticket WHERE {RESOLVED} AND {_people("first_owner_id")}
    GROUP BY first_owner_id""",
    [Figure("fcr", "hit", "(n - missing)", left_out={"missing": "missing"})],
)
PROMISED = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE resolved_at <= promised_at AND resolved_at <= {{cutoff}}) AS hit,
      count(*) FILTER (WHERE promised_at > {{cutoff}} AND (resolved_at > {{cutoff}}
        OR resolved_at IS NULL AND reports_resolution)) AS pending,
      count(*) FILTER (WHERE resolved_at IS NULL AND NOT reports_resolution) AS missing
    FROM tickets_ticket
    WHERE promised_at >= {{start}} AND promised_at < {{end}} AND created_at <= {{cutoff}}
      AND {_people('agent_id')} GROUP BY agent_id""",
    [
        Figure("sla_met", "hit", "(n - pending - missing)",
               left_out={"pending": "pending", "missing": "missing"}),
    ],
)  # fmt: skip
REPEATED = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE customer_hash = '' OR category = '') AS missing,
      count(*) FILTER (WHERE customer_hash <> '' AND category <> '' AND EXISTS (
        SELECT 1 FROM tickets_ticket AS later
        WHERE later.kind = 'complaint' AND later.customer_hash = earlier.customer_hash
          AND later.category = earlier.category AND later.created_at > earlier.created_at
          AND later.created_at <= {{later}} AND later.created_at <= {{cutoff}})) AS hit
    FROM tickets_ticket AS earlier
    WHERE kind = 'complaint' AND created_at >= {{start30}} AND created_at < {{end30}}
      AND {_people("agent_id")} GROUP BY agent_id""",
    [Figure("repeat_complaint", "hit", "(n - missing)", left_out={"missing": "missing"})],
)
ANSWERED = Part(
    f"""
    SELECT a.agent_id AS agent, a.scale, count(*) AS n, sum(a.score_e4) AS s,
      count(*) FILTER (WHERE a.score_e4 >= a.scale * 8000) AS hit,
      count(*) FILTER (WHERE t.kind = 'complaint') AS c_n, count(a.nps) AS p_n,
      count(*) FILTER (WHERE a.nps >= 9) - count(*) FILTER (WHERE a.nps <= 6) AS p_net,
      sum(a.score_e4) FILTER (WHERE t.kind = 'complaint') AS c_s
    FROM surveys_satisfactionanswer AS a LEFT JOIN tickets_ticket AS t ON t.id = a.ticket_id
    WHERE a.answered_at >= {{start}} AND a.answered_at < {{end}} AND {_people('a.agent_id')}
    GROUP BY a.agent_id, a.scale""",
    [
        Figure("csat_mean", "s / (scale * 100)", "n", value="(s * 200 / scale + n) / (n * 2)"),
        Figure("csat_top", "hit", "n"),
        Figure("nps", "p_net", "p_n", left_out={"missing": "n - p_n"}, value=(
            "(CASE WHEN p_net < 0 THEN -1 ELSE 1 END)"
            " * ((abs(p_net) * 2000000 + p_n) / nullif(p_n * 2, 0))"
        )),
        Figure("complaint_csat", "c_s / (scale * 100)", "c_n",
               value="(c_s * 200 / scale + c_n) / nullif(c_n * 2, 0)"),
    ],
)  # fmt: skip
INVITED = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE answered_at <= {{cutoff}}) AS hit
    FROM surveys_surveyinvitation
    WHERE invited_at >= {{start}} AND invited_at < {{end}} AND invited_at <= {{cutoff}}
      AND {_people("agent_id")} GROUP BY agent_id""",
    [Figure("survey_response", "hit", "n")],
)
DONE = "resolved_at >= {from} AND resolved_at < {to} AND created_at <= {cutoff}"
VISITS = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE arrived_at <= appointment_at AND arrived_at <= {{cutoff}}) AS hit,
      count(*) FILTER (WHERE appointment_at > {{cutoff}}
        AND (arrived_at IS NULL OR arrived_at > {{cutoff}})) AS pending
    FROM tickets_ticket
    WHERE appointment_at >= {{start}} AND appointment_at < {{end}} AND created_at <= {{cutoff}}
      AND {_people("agent_id")} GROUP BY agent_id""",
    [Figure("onsite_on_time", "hit", "(n - pending)", left_out={"pending": "pending"})],
)
MISHANDLED = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n, count(service_error) AS e_n,
      count(*) FILTER (WHERE service_error AND (escalated OR resolved_at IS NULL
        OR resolved_at > {{cutoff}} OR customer_hash <> '' AND category <> '' AND EXISTS (
          SELECT 1 FROM tickets_ticket AS later WHERE later.kind = 'complaint'
            AND later.customer_hash = earlier.customer_hash
            AND later.category = earlier.category
            AND later.created_at > earlier.created_at AND later.created_at <= {{cutoff}})
      )) AS hit
    FROM tickets_ticket AS earlier WHERE {CREATED} AND {_people("agent_id")}
    GROUP BY agent_id""",
    [Figure("mishandled", "hit", "e_n", left_out={"missing": "n - e_n"})],
)
ONE_TOUCH = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE customer_hash = '' OR category = '' OR reopens IS NULL) AS missing,
      count(*) FILTER (WHERE customer_hash <> '' AND category <> '' AND reopens = 0
        AND coalesce(contacts, 1) <= 1 AND NOT EXISTS (
          SELECT 1 FROM tickets_ticket AS later
          WHERE later.customer_hash = earlier.customer_hash AND later.customer_hash > ''
            AND later.category = earlier.category AND later.created_at > earlier.resolved_at
            AND later.created_at <= {{later7}} AND later.created_at <= {{cutoff}})) AS hit
    FROM tickets_ticket AS earlier
    WHERE {DONE.replace("{from}", "{start7}").replace("{to}", "{end7}")}
      AND {_people("agent_id")} GROUP BY agent_id""",
    [Figure("one_touch", "hit", "(n - missing)", left_out={"missing": "missing"})],
)
REWORK = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n, count(rework_of) AS r_n,
      count(*) FILTER (WHERE redone AND rework_of IS NOT NULL) AS r_hit,
      count(*) FILTER (WHERE rework_of IS NULL AND accepted IS NULL) AS p_out,
      count(*) FILTER (WHERE NOT redone AND coalesce(accepted, true)
        AND (rework_of IS NOT NULL OR accepted IS NOT NULL)) AS p_hit
    FROM (SELECT agent_id, rework_of, accepted, EXISTS (
        SELECT 1 FROM tickets_ticket AS later WHERE later.source = earlier.source
          AND later.rework_of = earlier.external_id AND later.rework_of > ''
          AND later.created_at > earlier.resolved_at AND later.created_at <= {{later_done}}
          AND later.created_at <= {{cutoff}}) AS redone
      FROM tickets_ticket AS earlier
      WHERE {DONE.replace("{from}", "{start30}").replace("{to}", "{end30}")}
        AND {_people("agent_id")}) AS judged
    GROUP BY agent_id""",
    [
        Figure("rework", "r_hit", "r_n", left_out={"missing": "n - r_n"}),
        Figure("first_pass", "p_hit", "(n - p_out)", left_out={"missing": "p_out"}),
    ],
)
REPURCHASE = Part(
    f"""
    SELECT agent_id AS agent, count(*) AS n,
      count(*) FILTER (WHERE customer_hash = '') AS missing,
      count(DISTINCT customer_hash) FILTER (WHERE customer_hash <> '') AS c_n,
      count(DISTINCT customer_hash) FILTER (WHERE customer_hash <> '' AND EXISTS (
        SELECT 1 FROM tickets_customerorder AS later
        WHERE later.customer_hash = earlier.customer_hash
          AND later.ordered_at > earlier.resolved_at AND later.ordered_at <= {{later90}}
          AND later.ordered_at <= {{cutoff}})) AS hit
    FROM tickets_ticket AS earlier
    WHERE {DONE.replace("{from}", "{start90}").replace("{to}", "{end90}")}
      AND {_people("agent_id")} GROUP BY agent_id""",
    [Figure("repurchase", "hit", "c_n", left_out={"missing": "missing"})],
)
MEDIAN = Part(
    f"""
    SELECT agent, count(*) AS n, sum(frt_s) AS s, sum(CASE WHEN place * 2 - size
        BETWEEN 0 AND 2 THEN frt_s END) AS middle, 2 - max(size) % 2 AS many
    FROM (SELECT first_owner_id AS agent, frt_s, count(*) OVER (PARTITION BY first_owner_id)
        AS size, row_number() OVER (PARTITION BY first_owner_id ORDER BY frt_s) AS place
      FROM tickets_ticket WHERE {CREATED} AND frt_s IS NOT NULL
        AND first_response_at <= {{cutoff}} AND {_people("first_owner_id")}) AS ranked
    GROUP BY agent""",
    [Figure("frt_median", "s", "n", value="(middle * 20000 + many) / (many * 2)")],
)
PER_ORDER = Part(
    f"""
    SELECT assignment.employee_id AS agent, complaints.n AS n, complaints.d AS d, orders.n AS o
    FROM people_assignment AS assignment
    JOIN (SELECT department_id, sum(orders) AS n FROM tickets_ordervolume
      WHERE day >= {{first_day}} AND day < {{last_day}} AND agent_id IS NULL
      GROUP BY department_id) AS orders ON orders.department_id = assignment.department_id
    JOIN (SELECT department_id, count(*) FILTER (WHERE kind = 'complaint') AS n,
        count(*) FILTER (WHERE kind = 'refund_dispute') AS d FROM tickets_ticket
      WHERE {CREATED} AND kind IN ('complaint', 'refund_dispute')
      GROUP BY department_id) AS complaints
      ON complaints.department_id = assignment.department_id
    WHERE assignment.start_on < {{last_day}}
      AND (assignment.end_on IS NULL OR assignment.end_on > {{first_day}})
      AND {_people("assignment.employee_id")}""",
    [Figure("complaint_rate", "n", "o"), Figure("refund_dispute", "d", "o")],
)
PARTS = (
    BY_FIRST_AGENT, BY_AGENT, RESOLVED_BY_AGENT, RESOLVED_BY_FIRST_AGENT, PROMISED, REPEATED,
    ANSWERED, PER_ORDER, INVITED, VISITS, MISHANDLED, ONE_TOUCH, REWORK, REPURCHASE, MEDIAN,
)  # fmt: skip
METRICS = [figure.metric for part in PARTS for figure in part.figures]
AFTER = {
    "postgresql": "earlier.{instant} + interval '{days} days'",
    "sqlite": "datetime(earlier.{instant}, '+{days} days')",
}
WITHOUT_REASONS = ("frt_median",)
Found = dict[str, dict[int, tuple[Any, ...]]]


def statement(window: Window, cutoff: datetime, first_day: str, last_day: str) -> str:
    """The whole statement with its instants filled in."""
    columns = [[name for figure in part.figures for name in figure.columns] for part in PARTS]
    width = max(map(len, columns))
    selects = [
        f"SELECT {number}, agent, "
        + ", ".join([*names, *["0"] * (width - len(names))])
        + f" FROM ({part.source}) AS part{number}"
        for number, (part, names) in enumerate(zip(PARTS, columns, strict=True))
    ]
    after = AFTER[connection.vendor]
    shifted = {
        f"{name}{days}": _quoted(instant - timedelta(days=days))
        for days in (7, 30, 90)
        for name, instant in (("start", window.start), ("end", window.end))
    }
    return " UNION ALL ".join(selects).format(
        start=_quoted(window.start),
        end=_quoted(window.end),
        cutoff=_quoted(cutoff),
        due=_quoted(cutoff - timedelta(seconds=60)),
        later=after.format(instant="created_at", days=30),
        later_done=after.format(instant="resolved_at", days=30),
        later7=after.format(instant="resolved_at", days=7),
        later90=after.format(instant="resolved_at", days=90),
        **shifted,
        first_day=f"'{first_day}'",
        last_day=f"'{last_day}'",
    )


def _quoted(instant: datetime) -> str:
    return f"'{connection.ops.adapt_datetimefield_value(instant)}'"


def run(sql: str) -> list[tuple[Any, ...]]:
    """The rows, fetched into Python as the product's are."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def figures(rows: list[tuple[Any, ...]]) -> Found:
    """(value × 10,000, numerator, denominator, sample, left out) by metric and agent."""
    found: Found = {metric: {} for metric in METRICS}
    for number, agent, *values in rows:
        place = 0
        for figure in PARTS[number].figures:
            value, top, bottom, sample, *left = values[place : place + len(figure.columns)]
            place += len(figure.columns)
            reasons = dict(zip(figure.left_out, left, strict=True))
            kept = {reason: n for reason, n in reasons.items() if n}
            if sample or kept:
                found[figure.metric][agent] = (value, top or 0, bottom, sample, kept)
    return found
