from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_covering_indexes")]

    operations = [
        migrations.AlterField(
            model_name="satisfactionanswer",
            name="comment",
            field=models.TextField(
                blank=True, max_length=32767, verbose_name="customer's comment"
            ),
        ),
    ]
