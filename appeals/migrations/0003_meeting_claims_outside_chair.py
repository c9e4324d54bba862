"""The meeting's invitations and versions, claims about records, the outside chair, impact."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kpi_portal.core.triggers import lifted

_guards = import_module("appeals.migrations.0002_guard_history").Migration


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0002_guard_history"),
        ("appraisal", "0009_guard_every_rule"),
        ("people", "0004_second_person"),
        ("tickets", "0004_facts_and_service_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *lifted(_guards),
        migrations.AddField(
            model_name="appeal",
            name="impact",
            field=models.JSONField(default=dict, verbose_name="other cards touched"),
        ),
        migrations.AddField(
            model_name="appeal",
            name="outside_chair",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="outside chair",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="paused_at",
            field=models.DateTimeField(null=True, verbose_name="deadline paused since"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="invitation",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="invitation no."),
        ),
        migrations.AddField(
            model_name="panelseat",
            name="stake_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="MinutesVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("minutes", models.TextField(max_length=8000, verbose_name="minutes")),
                ("points", models.JSONField(default=dict)),
                ("reason_code", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="appeals.meeting",
                    ),
                ),
            ],
            options={
                "ordering": ["meeting", "round"],
            },
        ),
        migrations.CreateModel(
            name="OutsideChair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                ("named_at", models.DateTimeField()),
                ("is_in_office", models.BooleanField(default=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="outside chair",
                    ),
                ),
            ],
            options={
                "ordering": ["-named_at"],
            },
        ),
        migrations.CreateModel(
            name="RecordClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("positions", models.JSONField(default=list)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong_ticket", "the record is wrong"),
                            ("wrong_person", "it belongs to somebody else"),
                        ],
                        max_length=12,
                        verbose_name="what is wrong",
                    ),
                ),
                ("statement", models.TextField(max_length=1000, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("due_on", models.DateField(verbose_name="due")),
                ("answer", models.TextField(blank=True, max_length=1000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.employee",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appraisal.period",
                    ),
                ),
                (
                    "scorecard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appraisal.scorecard",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="appeal",
            name="claims",
            field=models.ManyToManyField(
                related_name="appeals",
                to="appeals.recordclaim",
                verbose_name="refused record claims",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("paused_at__isnull", True), ("state", "arbitration"), _connector="OR"
                ),
                name="appeals_appeal_pauses_in_arbitration",
            ),
        ),
        migrations.AddConstraint(
            model_name="minutesversion",
            constraint=models.UniqueConstraint(
                fields=("meeting", "round"), name="appeals_minutesversion_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidechair",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_in_office", True)),
                fields=("is_in_office",),
                name="appeals_outsidechair_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidechair",
            constraint=models.CheckConstraint(
                condition=models.Q(("user", models.F("named_by")), _negated=True),
                name="appeals_outsidechair_two_people",
            ),
        ),
        migrations.AddIndex(
            model_name="recordclaim",
            index=models.Index(fields=["state", "due_on"], name="appeals_claim_due"),
        ),
        migrations.AddConstraint(
            model_name="recordclaim",
            constraint=models.UniqueConstraint(
                fields=("period", "employee", "ticket"), name="appeals_recordclaim_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("answered_at__isnull", False),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appeals_recordclaim_answered_with_reasons",
            ),
        ),
    ]
