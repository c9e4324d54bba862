"""How large and odd a file may be, in one place. Shown to users on the help page."""

from django.utils.translation import gettext_lazy as _

MB = 1_000_000

MAX_TEXT_BYTES = 2_000 * MB  # CSV and TSV, unpacked
MAX_WORKBOOK_BYTES = 20 * MB  # XLS, XLSX, ODS as handed in
MAX_UNPACKED_BYTES = 200 * MB  # all members of a workbook together
MAX_MEMBER_BYTES = 100 * MB
MAX_RATIO = 100  # unpacked to packed, of members over RATIO_FROM
RATIO_FROM = 1 * MB
MAX_MEMBERS = 2_000
MAX_CELLS = 12_000_000  # rows × columns of the used range: what a workbook takes in memory
MAX_ROWS = 20_000_000
MAX_COLUMNS = 200
MAX_LINE = 1 * MB
MAX_FIELD = 32_767
MAX_BLANK_ROWS = 1_000
HEADER_WITHIN = 30  # rows from the top in which a header is looked for
MAX_REJECTIONS_LISTED = 1_000
PREVIEW_ROWS = 8
BATCH_ROWS = 2_000
API_ROWS = 10_000
API_BYTES = 25 * MB

HELP = (
    _("CSV and TSV up to 2 GB; XLS, XLSX and ODS up to 20 MB; each may be packed with gzip."),
    _("Up to 20 million rows, 200 columns, 32,767 characters in a cell."),
)
