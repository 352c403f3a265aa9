"""How names of organisations end."""

from __future__ import annotations

import re

# How the names of those end who publish budgets: an organ, an institution, or what one of them runs.
ORGANISATION_END = re.compile(
    r"(?:局|委|厅|院|学校|大学|中心|办公室|所|站|队|会|部|政府|处|馆|台|社|团|场|园|公司|基地|银行|本级|机关)(?:\([^()]*\))?$"
)
