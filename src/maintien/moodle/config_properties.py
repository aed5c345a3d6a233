"""What Moodle's config.php leaves in ``$CFG``, as far as that is known without running it.

1. ``$CFG->name = value;`` and ``$CFG->name['key'] = value;`` outside of any block set a value; the
   last one counts.
2. What else may write a property (a condition, a loop, a function, another file) makes it unknown
   until it is set again; so a value is either what PHP would give, or said to be unknown.
3. ``$CFG = new stdClass();`` and ``unset($CFG);`` begin anew.
4. ``require_once(... '/lib/setup.php');`` is where Moodle takes over: nothing behind it counts.

Source: config-dist.php and lib/setup.php; Moodle 4.1 and 4.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from maintien.moodle.config_writes import CFG, find_writes, is_setup
from maintien.moodle.php_arrays import array_key
from maintien.moodle.php_literals import Cause, PhpLiteral, Unknown, read_literal
from maintien.moodle.php_statements import Statement, read_statements
from maintien.moodle.php_tokens import Token, TokenKind, read_tokens

_ENDINGS: Final = ("exit", "die", "return", "__halt_compiler")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigValue:
    """What a property, or an element of one, holds; it may be a password."""

    value: PhpLiteral = field(repr=False)
    line: int
    """Where it was set last, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assignment:
    """``$CFG->name = ...`` or ``$CFG->name['key'] = ...``, with what is behind the equals sign."""

    name: str
    key: int | str | None
    expression: Sequence[Token]
    line: int

    def value(self) -> ConfigValue:
        return ConfigValue(value=read_literal(self.expression, self.line), line=self.line)


class ConfigProperties:
    """The properties of ``$CFG``, and the last line that was read."""

    def __init__(self) -> None:
        self._values: dict[str, ConfigValue] = {}
        self._others: Unknown | None = None
        """What the properties are that were not set since; None for not set at all."""
        self.last_line = 1

    def find(self, name: str) -> ConfigValue | None:
        """Give the property ``name``, or None where it is not set."""
        if name in self._values or self._others is None:
            return self._values.get(name)
        return ConfigValue(value=self._others, line=self._others.line)

    def clear(self, others: Unknown | None = None) -> None:
        """Forget all properties; from now on those that aren't set again are ``others``."""
        self._values.clear()
        self._others = others

    def put(self, name: str, value: ConfigValue) -> None:
        """Set the property ``name``."""
        self._values[name] = value

    def put_element(self, name: str, key: int | str, value: ConfigValue) -> None:
        """Set ``key`` in the array ``name``, which may not exist yet."""
        array = self.find(name)
        match array and array.value:
            case None:
                self.put(name, ConfigValue(value={key: value.value}, line=value.line))
            case dict() as items:
                items[key] = value.value
                self.put(name, ConfigValue(value=items, line=value.line))
            case Unknown():
                pass
            case _:
                unknown = Unknown(line=value.line, cause=Cause.COMPUTED)
                self.put(name, ConfigValue(value=unknown, line=value.line))


def read_properties(text: str) -> ConfigProperties:
    """Read what the PHP file with this ``text`` leaves in ``$CFG``.

    Raises:
        UnreadablePhp: it is not PHP, or its texts or brackets don't match.
    """
    properties = ConfigProperties()
    for statement in read_statements(read_tokens(text)):
        if _is_last(statement):
            break
        _follow(properties, statement)
    return properties


def _is_last(statement: Statement) -> bool:
    """Whether nothing behind this statement counts."""
    tokens = statement.tokens
    return is_setup(tokens) or (bool(tokens) and tokens[0].is_word(*_ENDINGS))


def _follow(properties: ConfigProperties, statement: Statement) -> None:
    tokens = statement.tokens
    properties.last_line = tokens[-1].line if tokens else properties.last_line
    if _begins_anew(tokens):
        properties.clear()
    elif assignment := _assignment(tokens):
        _follow_writes(properties, assignment.expression, Cause.COMPUTED)
        _assign(properties, assignment)
    else:
        cause = Cause.CONDITIONAL if statement.is_block else Cause.COMPUTED
        _follow_writes(properties, tokens, cause)


def _begins_anew(tokens: Sequence[Token]) -> bool:
    """Whether this is ``$CFG = new stdClass()`` or ``unset($CFG)``."""
    match tokens:
        case [variable, equals, new, *_] if variable.is_variable(CFG):
            return equals.is_symbol("=") and new.is_word("new")
        case [unset, _, variable, _] if unset.is_word("unset"):
            return variable.is_variable(CFG)
        case _:
            return False


def _assignment(tokens: Sequence[Token]) -> _Assignment | None:
    match tokens:
        case [cfg, arrow, name, equals, *expression] if _is_property(cfg, arrow, name) and equals.is_symbol(
            "="
        ):
            return _Assignment(name=name.text, key=None, expression=expression, line=cfg.line)
        case [cfg, arrow, name, opening, key, closing, *rest] if _is_property(cfg, arrow, name) and _is_key(
            opening, key, closing
        ):
            return _element_assignment(cfg.line, name.text, key.text, rest)
        case _:
            return None


def _element_assignment(line: int, name: str, key: str, rest: Sequence[Token]) -> _Assignment | None:
    """Read what is behind ``$CFG->name['key']``; deeper keys make the element an unknown one."""
    if not rest or not rest[0].is_symbol("=", "["):
        return None
    expression = rest[1:] if rest[0].is_symbol("=") else rest
    return _Assignment(name=name, key=array_key(key), expression=expression, line=line)


def _is_property(cfg: Token, arrow: Token, name: Token) -> bool:
    return cfg.is_variable(CFG) and arrow.is_symbol("->") and name.kind is TokenKind.WORD


def _is_key(opening: Token, key: Token, closing: Token) -> bool:
    return opening.is_symbol("[") and key.kind is TokenKind.TEXT and closing.is_symbol("]")


def _assign(properties: ConfigProperties, assignment: _Assignment) -> None:
    if assignment.key is None:
        properties.put(assignment.name, assignment.value())
    else:
        properties.put_element(assignment.name, assignment.key, assignment.value())


def _follow_writes(properties: ConfigProperties, tokens: Sequence[Token], cause: Cause) -> None:
    for write in find_writes(tokens, cause):
        if write.name is None:
            properties.clear(write.unknown)
        else:
            value = ConfigValue(value=write.unknown, line=write.unknown.line)
            properties.put(write.name, value)
