"""The tables of Moodle that only a backup reads: groupings, options of courses, what belongs to accounts."""

from typing import Final

from maintien.moodle.schema import TableDefinition, chars, index, text, unique, whole

GROUPINGS: Final = TableDefinition(
    name="groupings",
    columns=(
        whole("id"),
        whole("courseid", default=0),
        chars("name", default=""),
        chars("idnumber", 100, default=""),
        text("description", null=True),
        whole("descriptionformat", 2, default=0),
        text("configdata", null=True),
        whole("timecreated", default=0),
        whole("timemodified", default=0),
    ),
    indexes=(
        index("courseid"),
        index("idnumber"),
    ),
)

GROUPINGS_GROUPS: Final = TableDefinition(
    name="groupings_groups",
    columns=(
        whole("id"),
        whole("groupingid", default=0),
        whole("groupid", default=0),
        whole("timeadded", default=0),
    ),
    indexes=(
        index("groupid"),
        index("groupingid"),
    ),
)

COURSE_FORMAT_OPTIONS: Final = TableDefinition(
    name="course_format_options",
    columns=(
        whole("id"),
        whole("courseid"),
        chars("format", 21, default=""),
        whole("sectionid", default=0),
        chars("name", 100, default=""),
        text("value", null=True),
    ),
    indexes=(
        unique("courseid", "format", "sectionid", "name"),
        index("courseid"),
    ),
)

ROLE_NAMES: Final = TableDefinition(
    name="role_names",
    columns=(
        whole("id"),
        whole("roleid", default=0),
        whole("contextid", default=0),
        chars("name", default=""),
    ),
    indexes=(
        index("contextid"),
        unique("roleid", "contextid"),
        index("roleid"),
    ),
)

ROLE_CAPABILITIES: Final = TableDefinition(
    name="role_capabilities",
    columns=(
        whole("id"),
        whole("contextid", default=0),
        whole("roleid", default=0),
        chars("capability", default=""),
        whole("permission", default=0),
        whole("timemodified", default=0),
        whole("modifierid", default=0),
    ),
    indexes=(
        index("capability"),
        index("contextid"),
        index("modifierid"),
        unique("roleid", "contextid", "capability"),
        index("roleid"),
    ),
)

USER_INFO_FIELD: Final = TableDefinition(
    name="user_info_field",
    columns=(
        whole("id"),
        chars("shortname", default="shortname"),
        text("name"),
        chars("datatype", default=""),
        text("description", null=True),
        whole("descriptionformat", 2, default=0),
        whole("categoryid", default=0),
        whole("sortorder", default=0),
        whole("required", 2, default=0),
        whole("locked", 2, default=0),
        whole("visible", 4, default=0),
        whole("forceunique", 2, default=0),
        whole("signup", 2, default=0),
        text("defaultdata", null=True),
        whole("defaultdataformat", 2, default=0),
        text("param1", null=True),
        text("param2", null=True),
        text("param3", null=True),
        text("param4", null=True),
        text("param5", null=True),
    ),
    indexes=(),
)

USER_INFO_DATA: Final = TableDefinition(
    name="user_info_data",
    columns=(
        whole("id"),
        whole("userid", default=0),
        whole("fieldid", default=0),
        text("data"),
        whole("dataformat", 2, default=0),
    ),
    indexes=(unique("userid", "fieldid"),),
)

USER_PREFERENCES: Final = TableDefinition(
    name="user_preferences",
    columns=(
        whole("id"),
        whole("userid", default=0),
        chars("name", default=""),
        chars("value", 1333, default=""),
    ),
    indexes=(
        index("name"),
        unique("userid", "name"),
    ),
)

TAG: Final = TableDefinition(
    name="tag",
    columns=(
        whole("id"),
        whole("userid"),
        whole("tagcollid"),
        chars("name", default=""),
        chars("rawname", default=""),
        whole("isstandard", 1, default=0),
        text("description", null=True),
        whole("descriptionformat", 2, default=0),
        whole("flag", 4, default=0, null=True),
        whole("timemodified", null=True),
    ),
    indexes=(
        index("tagcollid", "isstandard"),
        unique("tagcollid", "name"),
        index("tagcollid"),
        index("userid"),
    ),
)

TAG_INSTANCE: Final = TableDefinition(
    name="tag_instance",
    columns=(
        whole("id"),
        whole("tagid"),
        chars("component", 100, default=""),
        chars("itemtype", 100, default=""),
        whole("itemid"),
        whole("contextid", null=True),
        whole("tiuserid", default=0),
        whole("ordering", null=True),
        whole("timecreated", default=0),
        whole("timemodified", default=0),
    ),
    indexes=(
        unique("component", "itemtype", "itemid", "contextid", "tiuserid", "tagid"),
        index("contextid"),
        index("itemtype", "component", "tagid", "contextid"),
        index("tagid"),
    ),
)

BACKUP_TABLES: Final = (
    GROUPINGS,
    GROUPINGS_GROUPS,
    COURSE_FORMAT_OPTIONS,
    ROLE_NAMES,
    ROLE_CAPABILITIES,
    USER_INFO_FIELD,
    USER_INFO_DATA,
    USER_PREFERENCES,
    TAG,
    TAG_INSTANCE,
)
"""All of them."""
