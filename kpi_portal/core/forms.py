"""How forms are rendered: with the portal's own field template."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """Django's templates, fields as in templates/components/field.html."""

    field_template_name = "components/field.html"
