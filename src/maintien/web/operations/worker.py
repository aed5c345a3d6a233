"""A worker process: takes operations from the queue until it is told to end."""

import signal
from threading import Event, Thread
from types import FrameType
from typing import Final
from uuid import uuid4

from django.db import connection
from django_tasks_db.management.commands.db_worker import Worker

from maintien.web.archive_files import remove_old_archives
from maintien.web.models import ChartedAccess, CountedSite, Operation, OperationKind
from maintien.web.models.counts import WHOLE_SITE
from maintien.web.operations.asking import ask, revive
from maintien.web.operations.heart import DEAD_AFTER, is_shutting_down
from maintien.web.sites import close_sites, site_names
from maintien.web.surroundings import now

INTERVAL: Final = 0.5
"""Seconds between two looks at an empty queue."""
LOOK_AROUND: Final = 5.0
"""Seconds between two looks for operations whose worker died, and for old counts."""
COUNTS_LAST: Final = 60 * 60
"""Seconds after which a site is counted again."""
RETRY_SECONDS: Final = 5 * 60
CHARTS_LAST: Final = 24 * 60 * 60
"""Seconds after which a site is charted again: that plans a conversion of everything."""


class OperationWorker(Worker):
    """Stops between two courses when it is told to end, so that another worker goes on from there."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Let what goes on stop, then end."""
        is_shutting_down.set()
        super().shutdown(signum, frame)


def work(queues: list[str]) -> None:
    """Take operations from these queues until SIGTERM or SIGINT."""
    worker = OperationWorker(
        queue_names=queues,
        interval=INTERVAL,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=uuid4().hex,
        excluded_queue_names=[],
    )
    signal.signal(signal.SIGINT, worker.shutdown)
    signal.signal(signal.SIGTERM, worker.shutdown)
    over = Event()
    thread = Thread(target=_look_around, args=(over,), name="look-around", daemon=True)
    thread.start()
    try:
        worker.run()
    finally:
        over.set()
        close_sites()


def _look_around(over: Event) -> None:
    try:
        while True:
            revive(DEAD_AFTER)
            count_what_is_old()
            remove_old_archives()
            if over.wait(LOOK_AROUND):
                return
    finally:
        connection.close()


def count_what_is_old() -> None:
    """Ask for the sites to be counted and charted that never were, or long ago."""
    counted = dict(CountedSite.objects.values_list("site", "counted_at"))
    charted = dict(ChartedAccess.objects.filter(category=WHOLE_SITE).values_list("site", "made_at"))
    for site in site_names():
        if counted.get(site, 0) < now() - COUNTS_LAST:
            _ask_again(OperationKind.COUNT, site)
        if charted.get(site, 0) < now() - CHARTS_LAST:
            _ask_again(OperationKind.CHART, site)


def _ask_again(kind: OperationKind, site: str) -> None:
    """Ask for it, unless it was tried just now: a site that is down is not asked every few seconds."""
    lately = Operation.objects.filter(kind=kind, site=site, asked_at__gt=now() - RETRY_SECONDS)
    if not lately.exists():
        ask(kind, site=site, account=None)
