"""People, as a list of participants names them."""

from typing import NamedTuple

from maintien.moodle.ids import UserId


class Person(NamedTuple):
    """An account. Names come from outside: escape them wherever they are shown."""

    id: UserId
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str
    is_suspended: bool = False
    is_deleted: bool = False

    @property
    def fullname(self) -> str:
        """First name and last name, as Moodle shows them by default."""
        return f"{self.firstname} {self.lastname}".strip() or self.username
