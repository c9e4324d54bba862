"""How transfers and changes of scheme split somebody's period into parts. Reads no database.

Source: 3-scoring.md, "Segments".
"""

from dataclasses import dataclass, replace
from datetime import date

from appraisal.models import SchemeVersion
from appraisal.schemes.covering import Timeline
from appraisal.scorecards.inputs import Part, Seat


@dataclass(frozen=True, slots=True)
class _Piece:
    """Days `[start, end)` in one place under one version; None: no scheme covers them."""

    start: date
    end: date
    version: SchemeVersion | None
    department_id: int
    position_id: int | None
    working_days: int

    @property
    def place(self) -> tuple[int | None, int, int | None]:
        version = self.version.pk if self.version else None
        return version, self.department_id, self.position_id

    @property
    def is_short(self) -> bool:
        return self.version is not None and self.working_days < self.version.min_days


def parts_of(seat: Seat, timeline: Timeline) -> list[Part]:
    """The parts of the period in which a scheme covers the employee, in order.

    The pieces of the period follow each other without gaps, so that every record counts in one
    of them, before a first and after a last assignment, too. A piece with fewer working days
    than its scheme asks for joins the longer one beside it. One part that spans the whole
    period: nothing is split. Days under no scheme are in no part.
    """
    pieces = _joined(_spread(_pieces(seat, timeline), timeline.start, timeline.end))
    while (place := _shortest(pieces)) is not None:
        pieces = _joined(_merged(pieces, place))
    covered = [piece for piece in pieces if piece.version is not None]
    return [
        Part(
            number=number,
            start=piece.start,
            end=piece.end,
            version=piece.version,
            department_id=piece.department_id,
            position_id=piece.position_id,
            working_days=piece.working_days,
        )
        for number, piece in enumerate(covered, start=1)
        if piece.version is not None
    ]


def is_split(parts: list[Part], timeline: Timeline) -> bool:
    """Whether the card has segments: several parts, or one shorter than the period."""
    return len(parts) != 1 or (parts[0].start, parts[0].end) != (timeline.start, timeline.end)


def _pieces(seat: Seat, timeline: Timeline) -> list[_Piece]:
    return [
        _Piece(
            stay.start,
            stay.end,
            timeline.on(stay.start).version_for(
                stay.department_id, stay.position_id, seat.hired_on
            ),
            stay.department_id,
            stay.position_id,
            stay.working_days,
        )
        for stay in seat.stays
    ]


def _spread(pieces: list[_Piece], start: date, end: date) -> list[_Piece]:
    """Each piece reaches until the next begins, from the first day of the period to its last."""
    starts = [start, *(piece.start for piece in pieces[1:])]
    ends = [*starts[1:], end]
    return [
        replace(piece, start=first, end=last)
        for piece, first, last in zip(pieces, starts, ends, strict=True)
    ]


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """Neighbours in one place under one version made one."""
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and joined[-1].place == piece.place:
            joined[-1] = _together(joined[-1], piece, joined[-1])
        else:
            joined.append(piece)
    return joined


def _together(first: _Piece, second: _Piece, kept: _Piece) -> _Piece:
    """Two neighbours as one, in the place of `kept`."""
    return replace(
        kept,
        start=first.start,
        end=second.end,
        working_days=first.working_days + second.working_days,
    )


def _shortest(pieces: list[_Piece]) -> int | None:
    """Which piece joins a neighbour next: the shortest of the short ones that have one."""
    short = [
        place
        for place, piece in enumerate(pieces)
        if piece.is_short and _longer_neighbour(pieces, place) is not None
    ]
    return min(short, key=lambda place: (pieces[place].working_days, place), default=None)


def _longer_neighbour(pieces: list[_Piece], place: int) -> int | None:
    """The longer of the covered pieces beside it, the later where they are as long."""
    beside = [
        each
        for each in (place - 1, place + 1)
        if 0 <= each < len(pieces) and pieces[each].version is not None
    ]
    return max(beside, key=lambda each: (pieces[each].working_days, each), default=None)


def _merged(pieces: list[_Piece], place: int) -> list[_Piece]:
    other = _longer_neighbour(pieces, place)
    assert other is not None
    first, second = sorted((place, other))
    whole = _together(pieces[first], pieces[second], pieces[other])
    return [*pieces[:first], whole, *pieces[second + 1 :]]
