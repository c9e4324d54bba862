"""What is wrong with the settings of a scheme: bands, coefficient, roll-up, parts, whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appraisal.models import Scheme, SchemeVersion
from appraisal.rule_sentences import problem_sentence
from appraisal.schemes.content import HUNDRED, Content, part_total, share_of
from appraisal.schemes.describe import part_name
from appraisal.schemes.obstacles import Obstacle
from appraisal.scoring import BandError, BandTable
from appraisal.scoring.coefficients import CoefficientError, read_coefficients

Mode = SchemeVersion.CoefficientMode
Rollup = SchemeVersion.Rollup


def settings_obstacles(content: Content, scheme: Scheme) -> list[Obstacle]:
    """Everything about the settings that keeps a version from being submitted."""
    return [
        *band_obstacles(content),
        *coefficient_obstacles(content, scheme),
        *rollup_obstacles(content, scheme),
        *part_obstacles(content),
        *whom_obstacles(content, scheme),
    ]


def band_obstacles(content: Content) -> list[Obstacle]:
    """What is wrong with the bands."""
    try:
        BandTable.from_json(list(content.bands))
    except BandError as error:
        return [Obstacle(each.field, problem_sentence(each)) for each in error.problems]
    return []


def coefficient_obstacles(content: Content, scheme: Scheme) -> list[Obstacle]:
    """A table that is not strictly falling, or a coefficient where none belongs."""
    if content.coefficient_mode == Mode.NONE:
        return []
    if scheme.subject == Scheme.Subject.DEPARTMENT:
        text = _("The card of a department makes the coefficient; it takes none itself.")
        return [Obstacle("coefficient_mode", text)]
    if content.coefficient_mode != Mode.TABLE:
        return []
    try:
        read_coefficients(list(content.coefficient_table))
    except CoefficientError as error:
        return [Obstacle(each.field, problem_sentence(each)) for each in error.problems]
    return []


def rollup_obstacles(content: Content, scheme: Scheme) -> list[Obstacle]:
    """A month has no parts to roll up; a blend has a share of both."""
    if content.rollup == Rollup.RECOMPUTE:
        return []
    if scheme.cycle == "month":
        text = _(
            "A month is always computed from its records. Choose another way for the quarter's "
            "and the year's scheme only."
        )
        return [Obstacle("rollup", text)]
    if content.rollup == Rollup.BLEND and not 0 < content.blend_share < HUNDRED:
        text = _(
            "With a share of %(share)s %% nothing is blended. Write more than 0 and less than "
            "100, or choose another way."
        )
        return [Obstacle("blend_share", text % {"share": content.blend_share})]
    return []


def part_obstacles(content: Content) -> list[Obstacle]:
    """Parts without a name or a share, shares that do not total 100, weights beside the share."""
    found: list[Obstacle] = []
    keys = [str(part.get("key") or "") for part in content.parts]
    shares = [share_of(part) for part in content.parts]
    for place, part in enumerate(content.parts):
        where = f"parts.{place}"
        if keys.count(keys[place]) > 1 or not keys[place]:
            found.append(Obstacle(f"{where}.key", _("Each part needs a key of its own.")))
        if not (part.get("names") or {}).get("zh-hans"):
            found.append(Obstacle(f"{where}.name", _("The part needs a name.")))
        found += _share_obstacles(content, place, part)
    if shares and None not in shares:
        total = sum((share for share in shares if share is not None), Decimal(0))
        if total != HUNDRED:
            text = _("The shares of the parts total %(total)s %%, not 100.00 %%.")
            found.append(Obstacle("parts", text % {"total": total}))
    return found


def _share_obstacles(content: Content, place: int, part: Any) -> list[Obstacle]:
    where, name = f"parts.{place}.share", part_name(part)
    share = share_of(part)
    if part.get("share") in (None, ""):
        text = _("%(part)s: the share is still blank. Fill it in before submitting.")
        return [Obstacle(where, text % {"part": name})]
    if share is None or not 0 < share <= HUNDRED:
        text = _("%(part)s: “%(share)s” is no share. Write a number above 0, at most 100.")
        return [Obstacle(where, text % {"part": name, "share": part.get("share")})]
    total = part_total(content, str(part.get("key")))
    if total == share:
        return []
    text = _("%(part)s: the weights total %(total)s %%, its share is %(share)s %%.")
    return [Obstacle(where, text % {"part": name, "total": total, "share": share})]


def whom_obstacles(content: Content, scheme: Scheme) -> list[Obstacle]:
    """Whom it covers: somebody, and departments as a whole where departments are scored."""
    if not content.coverage:
        return [Obstacle("coverage", _("No department is covered. Choose at least one."))]
    if scheme.subject != Scheme.Subject.DEPARTMENT:
        return []
    found = []
    if any(position is not None for _department, position in content.coverage):
        text = _("A department is scored as a whole. Choose departments without positions.")
        found.append(Obstacle("coverage", text))
    if content.newcomer_months is not None:
        text = _("A department is no newcomer. Leave the months blank.")
        found.append(Obstacle("newcomer_months", text))
    return found
