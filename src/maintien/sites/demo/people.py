"""Invents the people of the university, and adds their accounts."""

from dataclasses import dataclass, field
from hashlib import md5
from random import Random
from unicodedata import normalize

from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.configuration import LOCAL_HOST
from maintien.sites.demo.contexts import USER_LEVEL, Context, add_context
from maintien.sites.demo.curriculum import DOMAIN, UNIVERSITY
from maintien.sites.demo.names import FIRST_NAMES, LAST_NAMES

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account, as far as enrolling it needs."""

    id: int
    number: str
    """The ID number, which the register knows the person by."""
    is_suspended: bool = False


@dataclass(slots=True, kw_only=True)
class Accounts:
    """Adds accounts to a book, each under a name of its own."""

    book: RowBook
    calendar: UniversityCalendar
    system: Context
    random: Random
    _homonyms: dict[str, int] = field(default_factory=dict)

    def add_installed(self) -> None:
        """Add the two accounts that every Moodle has from its installation: the guest, then the admin."""
        self._add("guest", "manual", "", ("Utilisateur invité", " "), f"root@{DOMAIN}")
        self._add("admin", "manual", "", ("Administration", UNIVERSITY), f"moodle@{DOMAIN}")

    def add_student(self, *, is_suspended: bool = False) -> Account:
        """Add a student, with the number that the student administration gives."""
        number = f"2{self.book.next_id('user'):07}"
        return self._add_person(number, f"etu.{DOMAIN}", is_suspended=is_suspended)

    def add_teacher(self) -> Account:
        """Add a teacher, with the number that the staff office gives."""
        return self._add_person(f"p{self.book.next_id('user'):06}", DOMAIN, is_suspended=False)

    def add_deleted(self) -> None:
        """Add what is left of a deleted account.

        Source: delete_user (lib/moodlelib.php), Moodle 4.3.
        """
        name, address = self._draw_name(f"etu.{DOMAIN}")
        digest = md5(address.encode(), usedforsecurity=False).hexdigest()
        self._add(f"{address}.{self.calendar.began_at}", "cas", "", name, digest, deleted=1)

    def _add_person(self, number: str, domain: str, *, is_suspended: bool) -> Account:
        name, address = self._draw_name(domain)
        suspended = int(is_suspended)
        userid = self._add(number, "cas", number, name, address, suspended=suspended)
        return Account(id=userid, number=number, is_suspended=is_suspended)

    def _draw_name(self, domain: str) -> tuple[tuple[str, str], str]:
        first, last = self.random.choice(FIRST_NAMES), self.random.choice(LAST_NAMES)
        local = f"{_plain(first)}.{_plain(last)}"
        homonyms = self._homonyms[local] = self._homonyms.get(local, 0) + 1
        return (first, last), f"{local}{homonyms if homonyms > 1 else ''}@{domain}"

    def _add(
        self,
        username: str,
        auth: str,
        idnumber: str,
        name: tuple[str, str],
        email: str,
        *,
        suspended: int = 0,
        deleted: int = 0,
    ) -> int:
        visited = self.random.randrange(self.calendar.began_at, self.calendar.now + 1)
        userid = self.book.add(
            "user",
            auth=auth,
            confirmed=1,
            deleted=deleted,
            suspended=suspended,
            mnethostid=LOCAL_HOST,
            username=username,
            password="not cached",  # noqa: S106 -- what Moodle writes where another system knows it
            idnumber=idnumber,
            firstname=name[0],
            lastname=name[1],
            email=email,
            country="FR",
            lang="fr",
            lastaccess=visited,
            timecreated=self.calendar.began_at - 30 * DAY,
            timemodified=self.calendar.began_at - 30 * DAY,
        )
        if not deleted:
            add_context(self.book, USER_LEVEL, userid, self.system)
        return userid


def _plain(name: str) -> str:
    """Write a name as in an address: without accents, in lower case."""
    letters = normalize("NFD", name).encode("ascii", "ignore").decode()
    return letters.lower()
