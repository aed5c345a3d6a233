r"""Moodle's config.php, read without running it.

What PHP makes of a text, a number or a statement was recorded from PHP 8.2; what Moodle makes of a
setting is from the connect functions of its database drivers.
"""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.errors.sites import BrokenConfigPhp
from maintien.moodle.config_php import (
    DEFAULT_SOCKET,
    MAX_BYTES,
    DatabaseType,
    MoodleDatabaseSettings,
    SslMode,
    parse_config_php,
    read_config_php,
)
from maintien.moodle.config_properties import read_properties
from maintien.moodle.php_numbers import read_number
from maintien.moodle.php_tokens import read_tokens
from maintien.moodle.unreadable_php import Reason

HUSH = "hush-hush"

INSTALLED = r"""<?php  // Moodle configuration file

unset($CFG);
global $CFG;
$CFG = new stdClass();

$CFG->dbtype    = 'mariadb';
$CFG->dblibrary = 'native';
$CFG->dbhost    = 'db.example.org';
$CFG->dbname    = 'moodle';
$CFG->dbuser    = 'moodleuser';
$CFG->dbpass    = 'it\'s a \\ "$ecret"';
$CFG->prefix    = 'mdl_';
$CFG->dboptions = array (
  'dbpersist' => 0,
  'dbport' => 3307,
  'dbsocket' => '',
  'dbcollation' => 'utf8mb4_unicode_ci',
);

$CFG->wwwroot   = 'https://moodle.example.org';
$CFG->dataroot  = '/var/moodledata';
$CFG->admin     = 'admin';

$CFG->directorypermissions = 02777;

require_once(__DIR__ . '/lib/setup.php');

// Nothing closes this file.
"""

INSTALLED_SETTINGS = MoodleDatabaseSettings(
    dbtype=DatabaseType.MARIADB,
    dbhost="db.example.org",
    dbname="moodle",
    dbuser="moodleuser",
    dbpass='it\'s a \\ "$ecret"',
    prefix="mdl_",
    dbport=3307,
    wwwroot="https://moodle.example.org",
)

PLAIN = """<?php
$CFG = new stdClass();
$CFG->dbtype = 'pgsql';
$CFG->dbhost = 'db.example.org';
$CFG->dbname = 'moodle';
$CFG->dbuser = 'moodleuser';
$CFG->dbpass = 'hush-hush';
$CFG->prefix = 'mdl_';
"""
"""Eight lines, so that what is added behind begins on line 9."""

PLAIN_SETTINGS = MoodleDatabaseSettings(
    dbtype=DatabaseType.PGSQL,
    dbhost="db.example.org",
    dbname="moodle",
    dbuser="moodleuser",
    dbpass=HUSH,
    prefix="mdl_",
)

SETUP = "require_once(__DIR__ . '/lib/setup.php');\n"


def parse(text: str) -> MoodleDatabaseSettings:
    return parse_config_php(text, "config.php")


def password_of(expression: str) -> str:
    """Read the password that PHP's ``expression`` makes."""
    return parse(f"{PLAIN}$CFG->dbpass = {expression};\n").dbpass


def refusal(text: str) -> BrokenConfigPhp:
    with pytest.raises(BrokenConfigPhp) as caught:
        parse(text)
    return caught.value


def test_file_of_the_installer_is_read_whole() -> None:
    assert parse(INSTALLED) == INSTALLED_SETTINGS


def test_short_file_is_read_whole() -> None:
    assert parse(PLAIN) == PLAIN_SETTINGS


def test_user_and_password_and_prefix_may_be_missing_on_mysql() -> None:
    settings = parse("<?php $CFG->dbtype = 'mysqli'; $CFG->dbhost = 'h'; $CFG->dbname = 'n';")
    assert settings == MoodleDatabaseSettings(
        dbtype=DatabaseType.MYSQLI, dbhost="h", dbname="n", dbuser="", dbpass="", prefix=""
    )


EXPRESSIONS = {
    "single quotes": ("'a b'", "a b"),
    "backslash in single quotes": (r"'a\\b\n\x41'", r"a\b\n\x41"),
    "quote in single quotes": (r"'it\'s'", "it's"),
    "backslash at the end": (r"'a\\'", "a\\"),
    "dollar in single quotes": ("'$a {$b} ${c}'", "$a {$b} ${c}"),
    "comment in single quotes": ("'a // b # c /* d'", "a // b # c /* d"),
    "end of PHP in single quotes": ("'?> <?php'", "?> <?php"),
    "semicolon in single quotes": ("';'", ";"),
    "line end in single quotes": ("'a\r\nb'", "a\r\nb"),
    "double quotes": ('"a b"', "a b"),
    "letters": (r'"\n\r\t\v\e\f"', "\n\r\t\v\x1b\f"),
    "escaped signs": (r'"\\\$\""', '\\$"'),
    "octal": (r'"\101\60\0601"', "A001"),
    "octal beyond a byte": (r'"\501"', "A"),
    "hexadecimal": (r'"\x41\X4a\x9z"', "AJ\tz"),
    "bytes of a character": (r'"\xC3\xA9"', "é"),
    "first byte that is no ASCII": (r'"\xC2\x80\x7F"', "\x80\x7f"),
    "bytes of a character, joined": (r'"\xC3" . "\xA9"', "é"),
    "code point": (r'"\u{e9}\u{1F600}\u{00000041}"', "é\U0001f600A"),
    "unknown escapes": (r'"\a\8\x\u41\'\`"', r"\a\8\x\u41\'\`"),
    "dollar before no name": ('"a$ $5 $. $"', "a$ $5 $. $"),
    "brace before no dollar": ('"{a} { $"', "{a} { $"),
    "accents": ("'mot de passé'", "mot de passé"),
    "joined": ("'a' . \"b\"\n  . 'c'", "abc"),
    "joined constants": ("'a' . 1 . true . false . null . -2", "a11-2"),
    "zero byte as var_export has it": ("'a' . \"\\0\" . 'b'", "a\0b"),
    "parentheses": ("(('a') . ('b'))", "ab"),
    "comments between": ("/* ' */ 'a' # '\n . // '\n 'b'", "ab"),
    "heredoc": ('<<<TEXT\na "b" \\" \\x41\nc\nTEXT', 'a "b" \\" A\nc'),
    "heredoc, quoted label": ('<<<"TEXT"\na\nTEXT', "a"),
    "heredoc, indented": ("<<<TEXT\n    a\n\n      b\n    TEXT", "a\n\n  b"),
    "heredoc with CRLF": ("<<<TEXT\r\na\r\nb\r\nTEXT", "a\r\nb"),
    "heredoc, empty": ("<<<TEXT\nTEXT", ""),
    "heredoc with its label in it": ("<<<TEXT\nTEXTS a TEXT\nTEXT", "TEXTS a TEXT"),
    "nowdoc": ("<<<'TEXT'\n$a {$b} \\n 'c'\nTEXT", "$a {$b} \\n 'c'"),
    "integer": ("5433", "5433"),
    "octal integer": ("017", "15"),
    "hexadecimal integer": ("0x1F", "31"),
    "binary integer": ("0b101", "5"),
    "integer with underscores": ("1_000", "1000"),
    "negative integer": ("-5", "-5"),
    "positive integer": ("+5", "5"),
    "true": ("TRUE", "1"),
    "false": ("False", ""),
    "null": ("null", ""),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_texts_are_what_php_makes_of_them(name: str) -> None:
    expression, value = EXPRESSIONS[name]
    assert password_of(expression) == value


NUMBERS = {
    "0": 0,
    "00": 0,
    "5433": 5433,
    "1_000": 1000,
    "02777": 1535,
    "0o17": 15,
    "0x1F": 31,
    "0X1f": 31,
    "0b101": 5,
    "08": None,
    "9223372036854775807": 2**63 - 1,
    "9223372036854775808": 2.0**63,
    "99999999999999999999999": 1e23,
    "0xFFFFFFFFFFFFFFFF": 2.0**64,
    "0777777777777777777777777": 2.0**72,
    "0x" + "f" * 300: math.inf,
    "1e400": math.inf,
    "1.5": 1.5,
    ".5": 0.5,
    "1.": 1.0,
    "1E3": 1000.0,
    "1.5e-7": 1.5e-7,
    "08.5": 8.5,
}


@pytest.mark.parametrize("source", NUMBERS)
def test_numbers_are_what_php_makes_of_them(source: str) -> None:
    # repr tells 1 from 1.0.
    assert repr(read_number(source)) == repr(NUMBERS[source])


def var_export(text: str) -> str:
    """Write ``text`` as PHP's ``var_export``, which Moodle's installer calls."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "' . \"\\0\" . '")
    return f"'{escaped}'"


hard_text = st.text() | st.text("'\"\\$;{}?></#*.,\n\r\0aé ")


@given(hard_text)
def test_every_password_that_the_installer_writes_is_read(password: str) -> None:
    assert password_of(var_export(password)) == password


@given(hard_text)
def test_every_password_in_a_nowdoc_is_read(password: str) -> None:
    text = password.replace("LABEL", "")
    assert password_of(f"<<<'LABEL'\n{text}\r\nLABEL") == text


@given(hard_text)
def test_every_comment_is_passed_over(text: str) -> None:
    comment = text.replace("*/", "")
    assert parse(f"{PLAIN}/*{comment}*/ $CFG->dbname = 'x';").dbname == "x"


LEAVING_ALONE = {
    "nothing": "",
    "comments": "# $CFG->dbhost = 'x';\n// $CFG->dbhost = 'x';\n/* $CFG->dbhost = 'x'; */",
    "markup": "?> $CFG->dbhost = 'x'; <?php",
    "comment that PHP's end ends": "// it's ?> it's <?php\n",
    "other variables": "$cfg->dbhost = 'x'; $x->dbhost = 'x'; $CFGS->dbhost = 'x';",
    "properties in another case": "$CFG->DBHOST = 'x';",
    "a property's property": "$CFG->other->dbhost = 'x';",
    "unneeded properties, computed": "$CFG->dataroot = getenv('DATA') ?: dirname(__DIR__) . '/data';",
    "unneeded properties, in a condition": "if (PHP_SAPI === 'cli') { $CFG->debug = 32767; }",
    "unneeded properties, in a function": "function f() { global $CFG; $CFG->debug = 1; }",
    "unneeded properties, with variables": '$CFG->tempdir = "{$CFG->dataroot["x"]}/${y}/temp";',
    "unneeded options, computed": "$CFG->dboptions = ['dbcollation' => getenv('COLLATION')];",
    "unneeded options, nested": "$CFG->dboptions['readonly']['instance'] = ['dbhost' => 'x'];",
    "reading": "$CFG->cachename = $CFG->dbname . '_' . $CFG->prefix; define('X', $CFG->dbhost);",
    "reading in a condition": "if ($CFG->dbhost == 'x' and !empty($CFG->dbport[1])) { $x = 1; }",
    "reading in a text": '$x = "$CFG->dbhost {$CFG->dbname} \\" ; "; $y = `echo $CFG->dbuser`;',
    "reading in a heredoc": "$x = <<<TEXT\n$CFG->dbhost = 'x'; {$CFG->dbname}\nTEXT;",
    "asking for the object": "if (isset($CFG)) { global $DB, $CFG; }",
    "loops": "for ($i = 0; $i < 3; $i++) { $x[] = 'a;}'; } while (false); do { ; } while (false);",
    "conditions with colons": "if ($x): $y = 1; elseif ($z): $y = 2; else: $y = 3; endif;",
    "loop with colons and markup": "foreach ($x as $y): ?> } ' <?php endforeach;",
    "switch": "switch ($x) { case 1: $y = 1; break; default: $y = 2; }",
    "closure": "$f = function ($x) use ($y) { return [1, ')']; }; $g = fn($x) => $x['a;'];",
    "class": "final class C { const endif = 1; function if() { return $this->if ?: self::endif; } }",
    "attribute": "#[Attr(']')] function f() {}",
    "match": "$x = match (true) { default => '}' };",
    "numbers": "$x = 1.5 + .5 + 1. + 1e3 + 0x1F + 08.5; $y = 1 <=> 2;",
    "handing over to Moodle in a condition": "if (true) { require_once('/srv/lib/setup.php'); }",
    "setting what it is already": "$CFG->dbpass = 'x'; $CFG->dbpass = 'hush-hush';",
    "everything behind the handing over": SETUP + "$CFG->dbhost = getenv('X'); '",
    "behind the handing over, without parentheses": (
        "require_once $CFG->dirroot . \"/lib/setup.php\"; $CFG->dbhost = 'x';"
    ),
    "behind the handing over, with variables": (
        "require(\"{$CFG->dirroot}/lib/setup.php\"); $CFG->dbhost = 'x';"
    ),
    "behind the end": "return; $CFG->dbhost = 'x';",
    "behind the halt": "__halt_compiler(); ' $CFG->dbhost = 'x';",
}


@pytest.mark.parametrize("name", LEAVING_ALONE)
def test_what_does_not_set_a_needed_setting_changes_nothing(name: str) -> None:
    assert parse(PLAIN + LEAVING_ALONE[name]) == PLAIN_SETTINGS


HOST_SET = {
    "again": "$CFG->dbhost = 'b';",
    "with blanks and comments": "$CFG /* a */ -> # b\n dbhost\n=\n'b' ;",
    "without blanks": "$CFG->dbhost='b';",
    "up to PHP's end": "$CFG->dbhost = 'b' ?>",
    "behind markup": "?> it's <?php $CFG->dbhost = 'b';",
    "behind a condition that may set it": "if ($x) { $CFG->dbhost = 'a'; } $CFG->dbhost = 'b';",
    "behind another file": "include 'other.php'; " + PLAIN[6:] + "$CFG->dbhost = 'b';",
    "behind an else": "if ($x) { ; } else { ; } $CFG->dbhost = 'b';",
    "behind a block of colons": "if ($x): foo(); endif; $CFG->dbhost = 'b';",
    "behind a new beginning": "unset($CFG); global $CFG; " + PLAIN[6:] + "$CFG->dbhost = 'b';",
    "in capitals": "$CFG->dbhost = ARRAY(1, NULL,); $CFG->dbhost = 'b';",
}


@pytest.mark.parametrize("name", HOST_SET)
def test_last_plain_assignment_counts(name: str) -> None:
    assert parse(PLAIN + HOST_SET[name]).dbhost == "b"


OPTIONS = {
    "array of old": "array('dbport' => 5433, 'x' => array(1, array()),)",
    "array": "['dbport' => 5433, 'x' => [1, [],],]",
    "text": "['dbport' => '5433']",
    "later key": "['dbport' => 1, \"dbport\" => 5433]",
    "computed key": "['db' . 'port' => 5433, 0x5 => 1, true => 2, null => 3, 4]",
    "unknown values beside": "['dbport' => 5433, 'x' => foo(1, [2]), 'y' => fn($z) => $z]",
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_read_from_arrays(name: str) -> None:
    assert parse(f"{PLAIN}$CFG->dboptions = {OPTIONS[name]};").dbport == 5433


def test_options_are_set_one_by_one() -> None:
    settings = parse(
        PLAIN
        + "$CFG->dboptions['dbport'] = 5432; $CFG->dboptions['dbport'] = 5433;"
        + "$CFG->dboptions[\"dbschema\"] = 'moodle';"
    )
    assert (settings.dbport, settings.dbschema) == (5433, "moodle")


def test_new_options_replace_all() -> None:
    settings = parse(PLAIN + "$CFG->dboptions['dbport'] = 5433; $CFG->dboptions = [];")
    assert settings == PLAIN_SETTINGS


EMPTY = ["''", "'0'", "0", "0.0", "false", "null", "[]"]


@pytest.mark.parametrize("empty", EMPTY)
def test_empty_options_are_off(empty: str) -> None:
    options = f"['dbport' => {empty}, 'dbsocket' => {empty}, 'dbschema' => {empty}]"
    text = f"{PLAIN}$CFG->dbhost = 'localhost'; $CFG->dboptions = {options};"
    settings = parse(text)
    assert (settings.dbport, settings.dbsocket, settings.dbschema) == (None, None, None)


@pytest.mark.parametrize("port", ["65536", "-1", "'x'", "'54 33'", "1.5", "true . 'x'", "[1]", "'²'"])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert refusal(f"{PLAIN}$CFG->dboptions['dbport'] = {port};").fields["line"] == 9


PLACES = {
    "PostgreSQL": ("pgsql", "db", "[]", ("db", None, None)),
    "PostgreSQL, port": ("pgsql", "db", "['dbport' => 5433]", ("db", 5433, None)),
    "PostgreSQL, local": ("pgsql", "localhost", "[]", ("localhost", None, None)),
    "PostgreSQL, socket on": (
        "pgsql",
        "localhost",
        "['dbsocket' => true, 'dbport' => 5433]",
        ("localhost", 5433, DEFAULT_SOCKET),
    ),
    "PostgreSQL, socket on, address": (
        "pgsql",
        "127.0.0.1",
        "['dbsocket' => '1']",
        ("127.0.0.1", None, DEFAULT_SOCKET),
    ),
    "PostgreSQL, socket's folder": (
        "pgsql",
        "localhost",
        "['dbsocket' => '/run/pg']",
        ("localhost", None, "/run/pg"),
    ),
    "PostgreSQL, socket on, elsewhere": ("pgsql", "db", "['dbsocket' => 1]", ("db", None, None)),
    "PostgreSQL, folder as host": ("pgsql", "/run/pg", "[]", ("/run/pg", None, "/run/pg")),
    "PostgreSQL, no host": ("pgsql", "", "[]", ("", None, DEFAULT_SOCKET)),
    "PostgreSQL, port in the host": ("pgsql", "db:5433", "[]", ("db:5433", None, None)),
    "MariaDB": ("mariadb", "db", "[]", ("db", None, None)),
    "MariaDB, port": ("mariadb", "db", "['dbport' => '3307']", ("db", 3307, None)),
    "MariaDB, port in the host": ("mariadb", "db:3307", "['dbport' => 3308]", ("db", 3307, None)),
    "MariaDB, persistent host": ("mariadb", "p:db", "[]", ("db", None, None)),
    "MariaDB, address": ("mariadb", "127.0.0.1", "['dbsocket' => true]", ("127.0.0.1", None, None)),
    "MariaDB, long address": ("mariadb", "::1", "[]", ("::1", None, None)),
    "MariaDB, local": ("mariadb", "localhost", "[]", ("localhost", None, DEFAULT_SOCKET)),
    "MariaDB, local in capitals": ("mysqli", "LOCALHOST", "[]", ("LOCALHOST", None, DEFAULT_SOCKET)),
    "MariaDB, local with a port": ("mysqli", "localhost:3307", "[]", ("localhost", 3307, None)),
    "MariaDB, no host": ("auroramysql", "", "[]", ("", None, DEFAULT_SOCKET)),
    "MariaDB, socket": (
        "mariadb",
        "localhost",
        "['dbsocket' => '/run/m.sock']",
        ("localhost", None, "/run/m.sock"),
    ),
    "MariaDB, socket on": (
        "mariadb",
        "localhost",
        "['dbsocket' => 'yes']",
        ("localhost", None, DEFAULT_SOCKET),
    ),
    "MariaDB, socket elsewhere": ("mariadb", "db", "['dbsocket' => '/run/m']", ("db", None, None)),
}


@pytest.mark.parametrize("name", PLACES)
def test_server_is_reached_where_moodle_reaches_it(name: str) -> None:
    dbtype, host, options, place = PLACES[name]
    settings = parse(
        f"{PLAIN}$CFG->dbtype = '{dbtype}'; $CFG->dbhost = '{host}'; $CFG->dboptions = {options};"
    )
    assert (settings.dbhost, settings.dbport, settings.dbsocket) == place


@pytest.mark.parametrize("dbtype", DatabaseType)
def test_types_that_moodle_and_maintien_both_know_are_read(dbtype: DatabaseType) -> None:
    assert parse(f"{PLAIN}$CFG->dbtype = '{dbtype}';").dbtype is dbtype


@pytest.mark.parametrize(("old", "dbtype"), [("mysql", "mysqli"), ("postgres7", "pgsql")])
def test_old_types_stand_for_new_ones_without_a_library(old: str, dbtype: str) -> None:
    text = f"{PLAIN}$CFG->dbtype = '{old}';"
    assert parse(text).dbtype == dbtype
    assert refusal(text + "$CFG->dblibrary = 'native';").fields["line"] == 9


@pytest.mark.parametrize("dbtype", ["sqlsrv", "oci", "sqlite3", "PGSQL", "mysql ", HUSH])
def test_other_types_are_refused(dbtype: str) -> None:
    assert str(refusal(f"{PLAIN}$CFG->dbtype = '{dbtype}';")) == (
        "config.php, line 9: $CFG->dbtype is not a database that maintien can use: it can use pgsql,"
        " mariadb, mysqli and auroramysql."
    )


SSL_MODES = [
    ("pgsql", "disable", SslMode.DISABLE),
    ("pgsql", "prefer", SslMode.PREFER),
    ("pgsql", "require", SslMode.REQUIRE),
    ("pgsql", "verify-full", SslMode.VERIFY_FULL),
    ("mysqli", "require", SslMode.REQUIRE),
    ("mysqli", "verify-full", SslMode.VERIFY_FULL),
]


@pytest.mark.parametrize(("dbtype", "word", "mode"), SSL_MODES)
def test_encryption_is_what_moodle_asks_for(dbtype: str, word: str, mode: SslMode) -> None:
    text = f"{PLAIN}$CFG->dbtype = '{dbtype}'; $CFG->dboptions['ssl'] = '{word}';"
    assert parse(text).ssl is mode


@pytest.mark.parametrize(("dbtype", "word"), [("pgsql", ""), ("pgsql", "on"), ("mysqli", "prefer")])
def test_encryption_that_moodle_refuses_is_refused(dbtype: str, word: str) -> None:
    text = f"{PLAIN}$CFG->dbtype = '{dbtype}'; $CFG->dboptions['ssl'] = '{word}';"
    assert refusal(text).fields["line"] == 9


def test_pooler_and_schema_are_postgresqls() -> None:
    options = "$CFG->dboptions = ['dbhandlesoptions' => true, 'dbschema' => 'moodle'];"
    settings = parse(PLAIN + options)
    assert (settings.dbhandlesoptions, settings.dbschema) == (True, "moodle")
    settings = parse(f"{PLAIN}$CFG->dbtype = 'mariadb'; {options}")
    assert (settings.dbhandlesoptions, settings.dbschema) == (False, None)


def test_postgresql_needs_a_prefix() -> None:
    text = PLAIN + "$CFG->prefix = '';"
    assert refusal(text).fields["line"] == 9
    assert parse(text + "$CFG->dbtype = 'mariadb';").prefix == ""


ROOTS = {
    "plain": ("'https://' . 'moodle.example.org'", "https://moodle.example.org"),
    "computed": ("'https://' . $_SERVER['HTTP_HOST']", None),
    "no text": ("5", None),
}


@pytest.mark.parametrize("name", ROOTS)
def test_address_is_read_where_it_is_plain(name: str) -> None:
    expression, wwwroot = ROOTS[name]
    assert parse(f"{PLAIN}$CFG->wwwroot = {expression};").wwwroot == wwwroot


COMPUTED = (
    " is computed here, and only running PHP would tell its value: give --site the database's URL instead."
)
ENVIRONMENT = (
    " comes from the environment or the request, which only the web server knows:"
    " give --site the database's URL instead."
)
INTERPOLATED = (
    " has a variable in double quotes: if the dollar sign belongs to the value, write single quotes,"
    " else give --site the database's URL instead."
)
CONDITIONAL = (
    " may be set here, in a condition, a loop or a function, so that only running PHP would tell its"
    " value: give --site the database's URL instead."
)
INCLUDED = " may be set by other code that is run here: give --site the database's URL instead."
MISSING = " is not set: set it, or give --site the database's URL instead."
NOT_TEXT = " is not a text."

REFUSED = {
    "variable": ("$CFG->dbpass = $x;", 9, "dbpass" + COMPUTED),
    "function": ("$CFG->dbpass = trim('hush-hush');", 9, "dbpass" + COMPUTED),
    "constant": ("$CFG->dbpass = DB_PASSWORD;", 9, "dbpass" + COMPUTED),
    "folder": ("$CFG->dbname = __DIR__ . '/x';", 9, "dbname" + COMPUTED),
    "float in a text": ("$CFG->dbname = 'a' . 1.5;", 9, "dbname" + COMPUTED),
    "sum of a variable": ("$CFG->dbname = ($x) + 1;", 9, "dbname" + COMPUTED),
    "sum": ("$CFG->dbname = 'a' . 1 + 2;", 9, "dbname" + COMPUTED),
    "element": ("$CFG->dbname = ['a'][0];", 9, "dbname" + COMPUTED),
    "nothing": ("$CFG->dbname = ;", 9, "dbname" + COMPUTED),
    "number that is none": ("$CFG->dbname = 08;", 9, "dbname" + COMPUTED),
    "negation": ("$CFG->dbname = !'x';", 9, "dbname" + COMPUTED),
    "silenced": ("$CFG->dbname = @'x';", 9, "dbname" + COMPUTED),
    "chain": ("$CFG->other = $CFG->dbname = 'x';", 9, "dbname" + COMPUTED),
    "appending": ("$CFG->dbpass .= 'hush-hush';", 9, "dbpass" + COMPUTED),
    "property of a property": ("$CFG->dbname->a->b['c'] = 'x';", 9, "dbname" + COMPUTED),
    "default": ("$CFG->dbpass ??= 'hush-hush';", 9, "dbpass" + COMPUTED),
    "reference": ("$x = &$CFG->dbpass; $x = 'hush-hush';", 9, "dbpass" + COMPUTED),
    "list": ("list($CFG->dbuser, $CFG->dbpass) = foo();", 9, "dbuser" + COMPUTED),
    "square list": ("[$x, [$CFG->dbpass]] = foo();", 9, "dbpass" + COMPUTED),
    "unset": ("unset($CFG->dbpass);", 9, "dbpass" + COMPUTED),
    "short circuit": ("$x and $CFG->dbpass = 'hush-hush';", 9, "dbpass" + COMPUTED),
    "name in a variable": ("$CFG->$name = 'x';", 9, "dbtype" + COMPUTED),
    "name in a text": ("$CFG->{'dbhost'} = 'x';", 9, "dbtype" + COMPUTED),
    "handing over the object": ("configure($CFG);", 9, "dbtype" + COMPUTED),
    "another object": ("$CFG = (object) ['dbhost' => 'x'];", 9, "dbtype" + COMPUTED),
    "variable of a variable": ("$x = 'CFG'; $$x->dbhost = 'x';", 9, "dbtype" + COMPUTED),
    "global variables": ("$GLOBALS['CFG']->dbhost = 'x';", 9, "dbtype" + COMPUTED),
    "environment": ("$CFG->dbpass = getenv('PASSWORD');", 9, "dbpass" + ENVIRONMENT),
    "environment or a default": (
        "$CFG->dbpass = getenv('X') ?: 'hush-hush';",
        9,
        "dbpass" + ENVIRONMENT,
    ),
    "environment's array": (
        "$CFG->dbhost =\n $_ENV['DB_HOST'] ?? 'localhost';",
        10,
        "dbhost" + ENVIRONMENT,
    ),
    "environment of Apache": (
        "$CFG->dbhost = apache_getenv('X');",
        9,
        "dbhost" + ENVIRONMENT,
    ),
    "filtered request": (
        "$CFG->dbhost = filter_input(INPUT_GET, 'x');",
        9,
        "dbhost" + ENVIRONMENT,
    ),
    "request": ("$CFG->dbname = 'm_' . $_SERVER['SERVER_NAME'];", 9, "dbname" + ENVIRONMENT),
    "option from the environment": (
        "$CFG->dboptions = [\n'dbport' => getenv('PORT'),\n];",
        10,
        "dboptions['dbport']" + ENVIRONMENT,
    ),
    "dollar in double quotes": ('$CFG->dbpass = "hush$hush";', 9, "dbpass" + INTERPOLATED),
    "braces in double quotes": ('$CFG->dbpass = "{$x["a"]}";', 9, "dbpass" + INTERPOLATED),
    "dollar and brace in double quotes": ('$CFG->dbpass = "${x}";', 9, "dbpass" + INTERPOLATED),
    "quotes behind dollar and brace": ('$CFG->dbpass = "${x["a;}"]}";', 9, "dbpass" + INTERPOLATED),
    "accent behind the dollar": ('$CFG->dbpass = "$é";', 9, "dbpass" + INTERPOLATED),
    "dollar in a heredoc": (
        "$CFG->dbpass = <<<T\nhush$hush\nT;",
        9,
        "dbpass" + INTERPOLATED,
    ),
    "condition": ("\nif ($x) {\n  $CFG->dbhost = 'x';\n}", 11, "dbhost" + CONDITIONAL),
    "condition without braces": ("if ($x) $CFG->dbhost = 'x';", 9, "dbhost" + CONDITIONAL),
    "condition with a colon": ("if ($x): foo(); $CFG->dbhost = 'x'; endif;", 9, "dbhost" + CONDITIONAL),
    "else": ("if ($x) {} else $CFG->dbhost = 'x';", 9, "dbhost" + CONDITIONAL),
    "else with a colon": (
        "if ($x): foo(); else: bar(); $CFG->dbhost = 'x'; endif;",
        9,
        "dbhost" + CONDITIONAL,
    ),
    "nested colons": (
        "if ($x): if ($y): foo(); endif; $CFG->dbhost = 'x'; endif;",
        9,
        "dbhost" + CONDITIONAL,
    ),
    "switch": (
        "switch ($x) { case 1: $CFG->dbhost = 'x'; break; }",
        9,
        "dbhost" + CONDITIONAL,
    ),
    "loop": ("foreach ($x as $CFG->dbhost) { foo(); }", 9, "dbhost" + CONDITIONAL),
    "loop over names": ("foreach ($x as $k => $v) { $CFG->$k = $v; }", 9, "dbtype" + CONDITIONAL),
    "try": ("try { $CFG->dbhost = 'x'; } catch (E $e) { }", 9, "dbhost" + CONDITIONAL),
    "body of a function": (
        "function f() { global $CFG; $CFG->dbhost = 'x'; }",
        9,
        "dbhost" + CONDITIONAL,
    ),
    "option in a condition": (
        "if ($x) { $CFG->dboptions['dbport'] = 1; }",
        9,
        "dboptions" + CONDITIONAL,
    ),
    "another file": ("require_once('/etc/moodle/database.php');", 9, "dbtype" + INCLUDED),
    "another file in a condition": (
        "if (file_exists($x)) { include $x; }",
        9,
        "dbtype" + INCLUDED,
    ),
    "another file's value": ("$CFG->dbpass = include 'secret.php';", 9, "dbtype" + INCLUDED),
    "text run as code": ("eval($x);", 9, "dbtype" + INCLUDED),
    "array for a text": ("$CFG->dbname = ['hush-hush'];", 9, "dbname" + NOT_TEXT),
    "float for a text": ("$CFG->dbname = 1.5;", 9, "dbname" + NOT_TEXT),
    "text for the options": ("$CFG->dboptions = 'hush-hush';", 9, "dboptions is not an array."),
    "element of a text": (
        "$CFG->dboptions = 'hush-hush'; $CFG->dboptions['dbport'] = 1;",
        9,
        "dboptions" + COMPUTED,
    ),
    "options computed": (
        "$CFG->dboptions = array_merge($x, ['dbport' => 1]);",
        9,
        "dboptions" + COMPUTED,
    ),
    "options spread": ("$CFG->dboptions = ['dbport' => 1, ...$x];", 9, "dboptions" + COMPUTED),
    "options of unknown keys": ("$CFG->dboptions = [$x => 1];", 9, "dboptions" + COMPUTED),
    "options of keys that are no keys": ("$CFG->dboptions = [1.5 => 1];", 9, "dboptions" + COMPUTED),
    "element of computed options": (
        "$CFG->dboptions = $x; $CFG->dboptions['dbport'] = 1;",
        9,
        "dboptions" + COMPUTED,
    ),
    "appending to an option": ("$CFG->dboptions['dbport'] .= '1';", 9, "dboptions" + COMPUTED),
    "option of an unknown key": ("$CFG->dboptions[$x] = 1;", 9, "dboptions" + COMPUTED),
    "option computed": (
        "$CFG->dboptions['dbsocket'] = $x;",
        9,
        "dboptions['dbsocket']" + COMPUTED,
    ),
    "port in the host": (
        "$CFG->dbtype = 'mysqli'; $CFG->dbhost = 'h:99999';",
        9,
        "dbhost is not a port: write a number from 1 to 65535.",
    ),
    "bytes that are no UTF-8": (
        '$CFG->dbpass = "\\xe9hush-hush";',
        9,
        "dbpass is not UTF-8: save the file as UTF-8, or give --site the database's URL instead.",
    ),
    "new beginning": ("$CFG = new stdClass();\n\nfoo();", 11, "dbtype" + MISSING),
    "no name": ("$CFG->dbname = '';", 9, "dbname" + MISSING),
    "no host": ("$CFG->dbhost = null;", 9, "dbhost" + MISSING),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_only_php_knows_is_refused_by_line_and_setting(name: str) -> None:
    added, line, reason = REFUSED[name]
    error = refusal(PLAIN + added)
    assert str(error) == f"config.php, line {line}: $CFG->{reason}"


@pytest.mark.parametrize("missing", ["dbtype", "dbhost", "dbname"])
def test_missing_settings_are_named(missing: str) -> None:
    text = "".join(line for line in PLAIN.splitlines(keepends=True) if missing not in line)
    assert str(refusal(text)) == f"config.php, line 7: $CFG->{missing}{MISSING}"


WRONG_VALUES = {
    "type": "$CFG->dbtype = 'oci';",
    "prefix": "$CFG->prefix = '';",
    "port": "$CFG->dboptions['dbport'] = 'x';",
    "port in the host": "$CFG->dbtype = 'mysqli';\n$CFG->dbhost = 'h:99999';",
    "mode": "$CFG->dboptions['ssl'] = 'x';",
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_wrong_values_are_refused_by_the_line_that_sets_them(name: str) -> None:
    text = PLAIN + WRONG_VALUES[name]
    assert refusal(text + "\n$x = 1;\n").fields["line"] == text.count("\n") + 1


ENDLESS = "a text or a comment begins here and never ends."
UNBALANCED = "a bracket or a block that opens or closes here has no counterpart."
UNFINISHED = "the statement that begins here does not end."
TOO_DEEP = "brackets are nested too deep here."
NOT_PHP = "there is no “<?php” in this file: give Moodle's own config.php."

BROKEN = {
    "nothing": ("", 1, NOT_PHP),
    "no PHP": ("\n$CFG->dbpass = 'hush-hush';", 1, NOT_PHP),
    "short opening tag": ("<? $CFG->dbpass = 'hush-hush';", 1, NOT_PHP),
    "tag of another name": ("<?phpx $CFG->dbpass = 'hush-hush';", 1, NOT_PHP),
    "single quote open": ("<?php\n\n$x = 'hush-hush;\n", 3, ENDLESS),
    "double quote open": ('<?php\n$x = "hush-hush\\";\n', 2, ENDLESS),
    "backslash at the end": ('<?php\n$x = "hush-hush\\', 2, ENDLESS),
    "backquote open": ("<?php\n$x = `hush-hush;\n", 2, ENDLESS),
    "comment open": ("<?php /* hush-hush", 1, ENDLESS),
    "heredoc open": ("<?php\n$x = <<<T\nhush-hush\n", 2, ENDLESS),
    "variable open": ('<?php $x = "{$hush', 1, ENDLESS),
    "variable in double quotes open": ('<?php $x = "{$hush";\n', 1, ENDLESS),
    "bracket open": ("<?php\nfoo(\n['hush-hush';", 3, UNBALANCED),
    "bracket too many": ("<?php\nfoo());", 2, UNBALANCED),
    "brackets crossed": ("<?php\nfoo([)];", 2, UNBALANCED),
    "brace too many": ("<?php\n}", 2, UNBALANCED),
    "block of colons open": ("<?php\nif ($x): foo();", 2, UNBALANCED),
    "end of a block that isn't": ("<?php\nfoo();\nendif;", 3, UNBALANCED),
    "no semicolon": ("<?php\n\n$CFG->dbpass = 'hush-hush'", 3, UNFINISHED),
    "code point that isn't hexadecimal": (
        '<?php\n$x = "hush-hush\\u{x}";',
        2,
        "a text holds an escape \\u{...} that names no character.",
    ),
    "code point beyond all": (
        '<?php\n$x = "hush-hush\\u{110000}";',
        2,
        "a text holds an escape \\u{...} that names no character.",
    ),
    "code point without an end": (
        '<?php\n$x = "hush-hush\\u{41";',
        2,
        "a text holds an escape \\u{...} that names no character.",
    ),
    "heredoc indented too little": (
        "<?php\n$x = <<<T\n hush-hush\n  T;",
        2,
        "a line of a heredoc text is indented less than its closing label.",
    ),
    "brackets in brackets": ("<?php\n" + "[" * 100_000, 2, TOO_DEEP),
    "colons in colons": ("<?php\n" + "if(x):" * 100_000, 2, TOO_DEEP),
    "texts in texts": ("<?php\n" + '"{$a[' * 100_000, 2, TOO_DEEP),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_by_line(name: str) -> None:
    text, line, reason = BROKEN[name]
    assert str(refusal(text)) == f"config.php, line {line}: {reason}"


@pytest.mark.parametrize("text", [PLAIN + added for added, _, _ in REFUSED.values()])
def test_a_refusal_never_shows_a_value(text: str) -> None:
    assert HUSH not in everything_said(refusal(text))


@pytest.mark.parametrize("text", [text for text, _, _ in BROKEN.values()])
def test_a_broken_file_is_not_shown(text: str) -> None:
    assert HUSH not in everything_said(refusal(text))


def everything_said(error: BaseException | None) -> str:
    """Join what an error and its causes say in any way."""
    said = ""
    while error is not None:
        said += f"{error!s} {error!r} {error.args!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__
    return said


def test_password_is_not_shown() -> None:
    assert HUSH not in repr(PLAIN_SETTINGS)
    assert HUSH not in str(PLAIN_SETTINGS)
    assert HUSH not in repr(read_properties(PLAIN).find("dbpass"))
    assert HUSH not in repr(list(read_tokens(PLAIN)))


def test_reason_can_be_said_in_another_language() -> None:
    reason = refusal(PLAIN + "$CFG->dbname = '';").fields["reason"]
    assert isinstance(reason, Reason)
    assert (reason.msgid, reason.fields) == ("{setting}" + MISSING, {"setting": "$CFG->dbname"})


LINES = {
    "Unix": "<?php\n\n$CFG->dbtype = $x;",
    "Windows": "<?php\r\n\r\n$CFG->dbtype = $x;",
    "old Macintosh": "<?php\r\r$CFG->dbtype = $x;",
    "in comments": "<?php /*\n\n*/ $CFG->dbtype = $x;",
    "behind comments": "<?php # a\n// b\n$CFG->dbtype = $x;",
    "in texts": "<?php $x = 'a\n\nb'; $CFG->dbtype = $x;",
    "in texts with variables": '<?php $x = "{$y[\n"a"]}\n"; $CFG->dbtype = $x;',
    "in heredocs": "<?php $x = <<<T\n{$y}\nT; $CFG->dbtype = $x;",
    "in markup": "<?php ?>\n\n<?php $CFG->dbtype = $x;",
    "before PHP": "#!/usr/bin/php\n\n<?php $CFG->dbtype = $x;",
}


@pytest.mark.parametrize("name", LINES)
def test_lines_are_counted_as_an_editor_does(name: str) -> None:
    assert refusal(LINES[name]).fields["line"] == 3


FILES = {
    "plain": PLAIN.encode(),
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "Windows lines": PLAIN.replace("\n", "\r\n").encode(),
    "script": b"#!/usr/bin/php\n" + PLAIN.encode(),
    "comment in Windows-1252": PLAIN.encode() + b"// d\xe9j\xe0 \x80 \x81\n",
    "unneeded text in Windows-1252": PLAIN.encode() + b"$CFG->lang = 'fran\xe7ais';\n",
    "opening tag in capitals": PLAIN.replace("<?php", "<?PHP").encode(),
    "closed": PLAIN.encode() + b"?>\n",
}


@pytest.mark.parametrize("name", FILES)
def test_files_are_read_whatever_wrote_them(name: str, tmp_path: Path) -> None:
    path = tmp_path / "config.php"
    path.write_bytes(FILES[name])
    assert read_config_php(str(path)) == PLAIN_SETTINGS


def file_refusal(path: Path) -> str:
    with pytest.raises(BrokenConfigPhp) as caught:
        read_config_php(str(path))
    return str(caught.value)


def test_password_in_windows_1252_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.php"
    path.write_bytes(PLAIN.encode() + b"$CFG->dbpass = 'hush-hush \xe9';")
    assert file_refusal(path) == (
        f"{path}, line 9: $CFG->dbpass is not UTF-8: save the file as UTF-8, or give --site the"
        " database's URL instead."
    )


def test_text_beside_windows_1252_keeps_its_accents(tmp_path: Path) -> None:
    path = tmp_path / "config.php"
    path.write_bytes(PLAIN.encode() + b"// \xe9\n" + "$CFG->dbpass = 'clé';".encode())
    assert read_config_php(str(path)).dbpass == "clé"


def test_biggest_file_is_read_and_a_bigger_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.php"
    text = f"{PLAIN}//".encode().ljust(MAX_BYTES, b"x")
    path.write_bytes(text)
    assert read_config_php(str(path)) == PLAIN_SETTINGS
    path.write_bytes(text + b"x")
    assert file_refusal(path) == (
        f"{path}, line 1: this file is bigger than a Moodle config.php can be: give Moodle's own."
    )


def test_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.php"
    assert file_refusal(path) == (
        f"{path}, line 1: this file can't be read (No such file or directory):"
        " check its path and who may read it."
    )


def test_folder_is_refused(tmp_path: Path) -> None:
    assert "this file can't be read (Is a directory)" in file_refusal(tmp_path)


pieces = st.sampled_from(
    [
        *("$CFG", "->", "dbhost", "=", ";", "'", '"', "(", ")", "[", "]", "{", "}", "\\", "\n"),
        *("$", "if", "else", ":", "endif", "array", ",", "=>", "?>", "<?php ", "<<<T\n", "T", "/*"),
        *("*/", "//", "#[", "unset", "new", "include", ".", "1", "08", "-", "\ud800", "\udce9", "é"),
    ]
)


def said_about(text: str) -> str:
    """Join what refuses ``text``; nothing where it is read."""
    try:
        parse(text)
    except BrokenConfigPhp as error:
        return everything_said(error)
    return ""


@given(st.lists(pieces, max_size=40).map("".join) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert HUSH not in said_about(PLAIN + text)
