"""A line of a notice and what its own words make it."""

from __future__ import annotations

from typing import NamedTuple

from extractor.notice.outline.frames import Frame
from extractor.notice.outline.marks import FINDING_KINDS
from extractor.notice.outline.segments import Segment


class LineRead(NamedTuple):
    """A segment and what its own words are: a frame, the start of an answer (整改情况:), a property, a state.

    ``unknown`` tells that it is a property of a name that no list has; ``lead_in`` is where the lead-in ends that it
    begins with where several lines of the notice begin so, 0 for none.
    """

    segment: Segment
    frame: Frame | None
    answers: bool
    note: bool
    state: bool
    unknown: bool = False
    lead_in: int = 0

    @property
    def framed(self) -> bool:
        """True if its own words make it a finding."""
        segment, frame = self.segment, self.frame
        if segment.row is not None or (frame is not None and frame.closed):
            return True
        return segment.mark is not None and segment.mark.kind in FINDING_KINDS

    @property
    def kind(self) -> str:
        """The kind of its enumerator, ``plain`` for none."""
        if self.segment.row is not None:
            return "row"
        return self.segment.mark.kind if self.segment.mark else "plain"


FEWEST_FRAMED = 2
"""So many framed findings tell how a notice prints them."""
