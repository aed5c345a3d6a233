"""What several forms have in common: labels in the reader's language."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from maintien.reports.language import Texts


class TranslatedForm(forms.Form):
    """A form whose labels and hints are marked sentences, translated once the reader is known."""

    labels: ClassVar[Mapping[str, str]] = {}
    hints: ClassVar[Mapping[str, str]] = {}

    def __init__(self, texts: Texts, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.texts = texts
        for name, field in self.fields.items():
            if name in self.labels:
                field.label = texts.gettext(self.labels[name])
            if name in self.hints:
                field.help_text = texts.gettext(self.hints[name])
            _style(field)

    def full_clean(self) -> None:
        """Check what was sent, and say to readers aloud what is wrong."""
        super().full_clean()
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                attributes = self.fields[name].widget.attrs
                attributes["aria-invalid"] = "true"
                attributes["aria-describedby"] = _describedby(self[name])
                attributes["class"] = f"{attributes.get('class', '')} is-invalid"


def _describedby(field: forms.BoundField) -> str:
    """Name what is said of a field: what is wrong with it, then its hint."""
    hint = f" {field.auto_id}_helptext" if field.help_text else ""
    return f"{field.auto_id}_error{hint}"


def _style(field: forms.Field) -> None:
    """Give a field Bootstrap's look."""
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
        widget.attrs.setdefault("class", "form-check-input")
    elif isinstance(widget, forms.Select):
        widget.attrs.setdefault("class", "form-select")
    else:
        widget.attrs.setdefault("class", "form-control")
