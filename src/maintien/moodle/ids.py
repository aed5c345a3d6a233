"""The identifiers of Moodle's rows, one type each, so that they can't be mistaken for one another."""

from typing import Final, NewType

CategoryId = NewType("CategoryId", int)
CohortId = NewType("CohortId", int)
ContextId = NewType("ContextId", int)
CourseId = NewType("CourseId", int)
EnrolmentId = NewType("EnrolmentId", int)
"""A row of ``user_enrolments``."""
GroupId = NewType("GroupId", int)
InstanceId = NewType("InstanceId", int)
"""A row of ``enrol``: one enrolment method in one course."""
MembershipId = NewType("MembershipId", int)
"""A row of ``groups_members``."""
RoleAssignmentId = NewType("RoleAssignmentId", int)
RoleId = NewType("RoleId", int)
UserId = NewType("UserId", int)

FRONT_PAGE: Final = CourseId(1)
"""The site's front page is a course without enrolments (``SITEID``, lib/setup.php)."""

UNSAVED: Final = 0
"""The id of a planned row that the database has not numbered yet; Moodle's ids start at 1."""
