"""The administrator's page: staff, imports, and the record of changes. No citizens."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from outcomes.services.administer import read_admin_page
from outcomes.views.admission import admits, current_actor, runtime

admin = Blueprint("admin", __name__)


@admin.route("/administration", methods=["GET", "POST"])
@admits("administrator")
def home() -> str:
    """What is set up, who has access, what came in; and, when asked for, whether the record of changes is whole."""
    view = read_admin_page(runtime(), current_actor(), check_record=request.method == "POST")
    return render_template(
        "pages/admin/home.html",
        users=view.users,
        imports=view.imports,
        entries=view.entries,
        audit=view.audit,
        organisation_name=view.organisation_name,
    )
