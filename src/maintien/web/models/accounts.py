"""Who may sign in, and with which rights on which sites."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from maintien.web.rights.roles import Role


class Accounts(BaseUserManager["Account"]):
    """Makes accounts and finds them by the name they sign in with."""

    def create_account(self, username: str, *, name: str = "") -> "Account":
        """Make an account that can't sign in with a password until its one-time link was used."""
        account = self.model(username=self.model.normalize_username(username), name=name)
        account.set_unusable_password()
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person who may sign in."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True)
    """The one chosen last; empty where the browser decides."""
    moodle_username = models.CharField(max_length=100, blank=True)
    """In whose name changes are written in Moodle; empty for the site's first administrator."""
    is_active = models.BooleanField(default=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        """Say who it is, as pages do."""
        return self.name or self.username

    def get_full_name(self) -> str:
        """Give the person's name; password rules compare with it."""
        return self.name


class Right(models.Model):
    """A role of an account: on one site or on all, in some categories or in all."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="rights")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    site = models.CharField(max_length=100, blank=True)
    """The site's name; empty for all of them."""
    category = models.BigIntegerField(null=True, blank=True)
    """A course category, with those below it; None for the whole site."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account", "role", "site", "category"),
                name="web_right_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        """Say what it allows."""
        return f"{self.role} {self.site or '*'} {self.category or '*'}"


class OneTimeLink(models.Model):
    """A link with which a person sets a password, once; only the hash of its secret is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links")
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.BigIntegerField()
    """Unix seconds."""
    used_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        """Say whose it is."""
        return f"link of {self.account_id}"

    @classmethod
    def of_account(cls, account: Account) -> "models.QuerySet[OneTimeLink]":
        """Find the links of an account."""
        return cls.objects.filter(account=account)
