"""What the invented university teaches: faculties, their degrees, the subjects, and who feeds them.

The oddities that an administrator meets on a real site are placed here by hand, each where it can be
found again.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

UNIVERSITY: Final = "Université de Rivebelle"
DOMAIN: Final = "rivebelle.example"


class FedBy(Enum):
    """Which automatic method brings the students of a degree into its courses."""

    REGISTER = "register"
    COHORT = "cohort"
    BOTH = "both"


class Manual(Enum):
    """What has become of a course's manual enrolment instance."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What one course is about, and what is peculiar to it."""

    title: str
    manual: Manual = Manual.ENABLED
    is_visible: bool = True
    is_open: bool = False
    """Whether people may enrol themselves."""
    has_groups: bool = True
    has_cohort_switched_off: bool = False
    """Whether the cohorts' instances are disabled in this course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Degree:
    """A year of a degree; its students take all its subjects."""

    code: str
    title: str
    students: int
    fed_by: FedBy
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faculty:
    """An *unité de formation et de recherche*."""

    code: str
    title: str
    degrees: tuple[Degree, ...]


def _subjects(*titles: str) -> tuple[Subject, ...]:
    return tuple(Subject(title=title) for title in titles)


HEALTH: Final = Faculty(
    code="SAN",
    title="UFR Santé",
    degrees=(
        Degree(
            code="DEI2",
            title="Diplôme d'État d'infirmier, 2e année",
            students=160,
            fed_by=FedBy.COHORT,
            subjects=(
                *_subjects("Processus inflammatoires et infectieux", "Soins d'urgence"),
                Subject(title="Éthique et déontologie du soin", has_groups=False),
                Subject(title="Stage clinique du semestre 4"),
            ),
        ),
        Degree(
            code="FGSM3",
            title="Formation générale en sciences médicales, 3e année",
            students=210,
            fed_by=FedBy.REGISTER,
            subjects=(
                *_subjects("Sémiologie cardiovasculaire", "Immunopathologie", "Santé publique"),
                Subject(title="Anglais médical", manual=Manual.MISSING),
            ),
        ),
        Degree(
            code="FGSP2",
            title="Formation générale en sciences pharmaceutiques, 2e année",
            students=140,
            fed_by=FedBy.REGISTER,
            subjects=(
                *_subjects("Pharmacologie générale", "Chimie thérapeutique"),
                Subject(title="Botanique et mycologie", has_groups=False),
                Subject(title="Biostatistiques"),
            ),
        ),
    ),
)

SCIENCE: Final = Faculty(
    code="SCI",
    title="UFR Sciences et techniques",
    degrees=(
        Degree(
            code="L3INF",
            title="Licence Informatique, 3e année",
            students=150,
            fed_by=FedBy.REGISTER,
            subjects=(
                *_subjects("Bases de données", "Réseaux", "Compilation"),
                Subject(title="Projet de fin de licence", is_open=True),
            ),
        ),
        Degree(
            code="L2SV",
            title="Licence Sciences de la vie, 2e année",
            students=230,
            fed_by=FedBy.REGISTER,
            subjects=(
                *_subjects("Génétique", "Écologie", "Physiologie animale"),
                Subject(title="Biologie cellulaire", manual=Manual.MISSING, has_groups=False),
            ),
        ),
        Degree(
            code="M2CHI",
            title="Master Chimie, 2e année par apprentissage",
            students=45,
            fed_by=FedBy.COHORT,
            subjects=(
                Subject(title="Synthèse organique"),
                Subject(title="Analyse spectroscopique", manual=Manual.DISABLED),
                Subject(title="Sécurité au laboratoire", has_cohort_switched_off=True),
                Subject(title="Mémoire d'apprentissage"),
            ),
        ),
        Degree(
            code="BUT2GC",
            title="BUT Génie civil, 2e année en alternance",
            students=90,
            fed_by=FedBy.COHORT,
            subjects=(
                *_subjects("Résistance des matériaux", "Topographie", "Conduite de chantier"),
                Subject(title="Projet tutoré"),
            ),
        ),
    ),
)

LAW: Final = Faculty(
    code="DRT",
    title="UFR Droit et science politique",
    degrees=(
        Degree(
            code="L1DRT",
            title="Licence Droit, 1re année",
            students=500,
            fed_by=FedBy.REGISTER,
            subjects=(
                *_subjects("Introduction au droit", "Droit constitutionnel", "Histoire du droit"),
                Subject(title="Méthodologie juridique"),
            ),
        ),
        Degree(
            code="M2DP",
            title="Master Droit public, 2e année",
            students=60,
            fed_by=FedBy.BOTH,
            subjects=(
                Subject(title="Contentieux administratif"),
                Subject(title="Finances publiques locales", manual=Manual.DISABLED),
                Subject(title="Droit de l'environnement", is_visible=False),
                Subject(title="Mémoire de recherche", manual=Manual.MISSING),
            ),
        ),
        Degree(
            code="CAPA",
            title="Capacité en droit, formation continue",
            students=75,
            fed_by=FedBy.COHORT,
            subjects=(
                *_subjects("Droit civil", "Droit pénal"),
                Subject(title="Droit social", manual=Manual.DISABLED),
                Subject(title="Culture juridique", is_open=True, has_groups=False),
            ),
        ),
    ),
)

FACULTIES: Final = (HEALTH, SCIENCE, LAW)
