"""Tables of the parties. Written only by the functions of this package."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tael.parties import actor as actors


class Customer(models.Model):
    """A holder of wallets: the seed's user, whose ID is `uid`.

    Source: F-10, E-02.
    """

    app_may_change: ClassVar = ("disabled_at", "disabled_reason")

    number = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=200)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=96)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=500, default="")

    class Meta:
        db_table = "parties_customer"
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(
                fields=["number"],
                condition=Q(disabled_at__isnull=False),
                name="customer_disabled",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gt=0), name="customer_number_positive"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_named"),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True) | ~Q(disabled_reason=""),
                name="customer_disabled_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        """Give number and name."""
        return f"{self.number} {self.name}"

    @property
    def disabled(self) -> bool:
        """Tell whether operations of this customer are refused."""
        return self.disabled_at is not None


class Payee(models.Model):
    """A payee account (收款賬戶): where a customer's withdrawals go. Never changed, only closed.

    Source: E-07, A-F16.
    """

    app_may_change: ClassVar = ("active", "closed_at")

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=32)
    holder = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_payee"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["customer", "id"], name="payee_of_customer")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(active=True, closed_at__isnull=True)
                | Q(active=False, closed_at__isnull=False),
                name="payee_closed_or_active",
            ),
        ]

    def __str__(self) -> str:
        """Give what may be shown to anybody who handles it."""
        return f"{self.id} {self.kind} {self.holder}"


class ApiKey(models.Model):
    """A key for programs. Its text is shown once and only its SHA-256 is kept."""

    app_may_change: ClassVar = ("revoked_at", "revoked_by")

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    customer = models.ForeignKey(Customer, models.PROTECT, null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=96)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=96, default="")

    class Meta:
        db_table = "parties_api_key"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(scopes=[]), name="api_key_has_a_scope"),
        ]

    def __str__(self) -> str:
        """Give what may be shown."""
        return f"{self.prefix}… {self.name}"

    @property
    def actor(self) -> str:
        """Name this key as the actor of an instruction."""
        return actors.of_key(self.pk)

    def allows(self, scope: str) -> bool:
        """Tell whether the key may be used for this."""
        return scope in self.scopes


class AuditRecord(models.Model):
    """One privileged act: who did what to what, and when. Append-only.

    Source: I31.
    """

    app_may_change: ClassVar = ()

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=96)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "parties_audit"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="audit_of_subject"),
            models.Index(fields=["actor", "id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        """Give the act in one line."""
        return f"{self.at.isoformat()} {self.actor} {self.action} {self.subject}"


class User(models.Model):
    """Somebody who signs in: one of the staff with roles, or for a customer. Never removed, only disabled.

    Source: T14, T16.
    """

    app_may_change: ClassVar = (
        "name",
        "roles",
        "own_customer_id",
        "password",
        "password_set_at",
        "disabled_at",
    )

    id = models.BigAutoField(primary_key=True)
    login = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True)
    own_customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    roles = ArrayField(models.CharField(max_length=40), default=list)
    password = models.CharField(max_length=200, default="")
    password_set_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=96)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_user"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(customer__isnull=True) ^ Q(roles=[]),
                name="user_of_the_staff_or_of_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(own_customer__isnull=True) | Q(customer__isnull=True),
                name="user_own_customer_is_of_the_staff",
            ),
            models.CheckConstraint(
                condition=Q(password="", password_set_at__isnull=True)
                | (~Q(password="") & Q(password_set_at__isnull=False)),
                name="user_password_set_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        """Give the login name."""
        return self.login

    @property
    def actor(self) -> str:
        """Name this user as the actor of an instruction."""
        return actors.of_user(self.pk)

    @property
    def is_staff(self) -> bool:
        """Tell whether it is somebody of the house."""
        return self.customer_id is None


class SecondFactor(models.Model):
    """The seed of a user's one-time codes (TOTP), and the last time step whose code was used.

    Source: T16.
    """

    app_may_change: ClassVar = ("seed", "made_at", "confirmed_at", "last_step")

    user = models.OneToOneField(User, models.PROTECT, primary_key=True)
    seed = models.BinaryField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        db_table = "parties_second_factor"

    def __str__(self) -> str:
        """Give whose it is."""
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """A code that stands in for the second factor, once. Only its SHA-256 is kept.

    Source: T16, T22.
    """

    app_may_change: ClassVar = ("used_at", "void_at")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT)
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_recovery_code"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        """Give whose it is."""
        return f"recovery code {self.pk} of {self.user_id}"


class Invitation(models.Model):
    """A link by which a user sets a password, once. Only its SHA-256 is kept.

    Source: T16, T22.
    """

    app_may_change: ClassVar = ("used_at",)

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT)
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "parties_invitation"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """Give whose it is."""
        return f"invitation of {self.user_id}"


class Session(models.Model):
    """One browser in which a user is signed in. Only the SHA-256 of what its cookie says is kept.

    Source: T16, T22.
    """

    app_may_change: ClassVar = (
        "digest",
        "seen_at",
        "second_factor_at",
        "ended_at",
        "ended_because",
    )

    id = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(unique=True)
    user = models.ForeignKey(User, models.PROTECT, db_index=False)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    second_factor_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=40, default="")
    address = models.CharField(max_length=64)
    browser = models.CharField(max_length=200)

    class Meta:
        db_table = "parties_session"
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["user", "id"], name="session_of_user")]

    def __str__(self) -> str:
        """Give whose it is."""
        return f"session {self.pk} of {self.user_id}"


class Attempts(models.Model):
    """How often somebody tried to get past a secret since `since`; counted before each try is looked at.

    Source: T16.
    """

    app_may_change: ClassVar = ("since", "tries")

    digest = models.BinaryField(primary_key=True)
    since = models.DateTimeField()
    tries = models.IntegerField()

    class Meta:
        db_table = "parties_attempts"

    def __str__(self) -> str:
        """Give the count."""
        return f"{self.tries} since {self.since.isoformat()}"
