"""PostgreSQL and MariaDB servers that live as long as a test session, from Debian's packages.

Each listens on a socket in a folder of its own and on no port, runs as an unprivileged user, forgets
durability, and dies with the process that started it. The benchmarks start theirs here too.
"""
