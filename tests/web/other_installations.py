"""Goes through an installation of the application in a process of its own, since Django is configured once.

Takes a folder and settings as NAME=VALUE; writes what a test wants to know as JSON.
"""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from maintien.bootstrap import this_machine
from maintien.web.configuration import read_web_configuration
from maintien.web.demonstration import make_demo_sites
from maintien.web.serving import Serving, make_first_account, make_tables, set_up


def main() -> None:
    """Set up, make the tables twice, sign in, count the demo, note something and try to change it."""
    folder = Path(sys.argv[1])
    environment = dict(word.split("=", 1) for word in sys.argv[2:])
    configuration = read_web_configuration(environment, default_folder=folder / "web")
    machine = this_machine()
    site_file = make_demo_sites(folder, now=machine.clock())
    serving = Serving(
        configuration=replace(configuration, hosts=("testserver",)),
        site_file=site_file,
        state=f"sqlite:///{folder / 'runs.sqlite'}",
    )
    set_up(serving)
    make_tables(serving.configuration)
    make_tables(serving.configuration)
    first, second = make_first_account("admin"), make_first_account("admin")
    sys.stdout.write(json.dumps({"links": [bool(first), bool(second)], **_use(first or "")}))


def _use(secret: str) -> dict[str, object]:
    from django.core.management import call_command  # noqa: PLC0415 -- Django has to be ready
    from django.db import DatabaseError, connection, transaction  # noqa: PLC0415 -- same
    from django.test import Client  # noqa: PLC0415 -- same

    from maintien.web.audit import find_broken_entry  # noqa: PLC0415 -- same
    from maintien.web.models import CountedCourse  # noqa: PLC0415 -- same
    from maintien.web.operations.worker import OperationWorker, count_what_is_old  # noqa: PLC0415 -- same

    call_command("check", fail_level="WARNING")
    client = Client()
    password = "a sentence that is easy to remember"
    client.post(f"/link/{secret}", {"password": password, "again": password})
    count_what_is_old()
    worker = OperationWorker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    )
    worker.run()
    refused = []
    for statement in ("UPDATE web_auditentry SET account = 'x'", "DELETE FROM web_auditentry"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:
            refused.append("append-only" in str(error))
    return {
        "vendor": connection.vendor,
        "courses": CountedCourse.objects.count(),
        "page": client.get("/sites/demo/courses?search=droit").status_code,
        "refused": refused,
        "broken": find_broken_entry(),
        "elsewhere": [
            Client().get(page).headers["Location"]
            for page in re.findall(r'href="(/elsewhere/[^"]+)"', Client().get("/sign-in").content.decode())
        ],
    }


if __name__ == "__main__":
    main()
