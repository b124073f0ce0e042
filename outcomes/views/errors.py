"""The one place that turns errors into pages: which status, which template. Nobody sees a stack trace or a code word."""

from __future__ import annotations

import logging
import secrets

import structlog
from flask import Flask, g, has_request_context, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from outcomes import errors
from outcomes.errors import OutcomesError, Sentence
from outcomes.services.read_contact import read_contact
from outcomes.views.admission import ANYONE
from outcomes.views.page import admitted
from outcomes.views.sender import keep_sender

Page = tuple[str, int]

STATUS: tuple[tuple[type[OutcomesError], int, str], ...] = (
    (errors.LinkError, 404, "pages/citizen/link_not_valid.html"),
    (errors.NotFoundError, 404, "errors/404.html"),
    (errors.OwnPageClosedError, 401, "pages/own/signed_out.html"),
    (errors.SignInRequiredError, 401, "pages/staff/sign_in.html"),
    (errors.NotAllowedError, 403, "errors/403.html"),
    (errors.TooManyAttemptsError, 429, "errors/429.html"),
    (errors.ConflictError, 409, "errors/409.html"),
    (errors.AnalysisPlanError, 409, "errors/409.html"),
    (errors.InputError, 400, "errors/400.html"),
    (errors.EstimateError, 409, "errors/409.html"),
    (errors.AlteredError, 409, "errors/409.html"),
    (errors.UnavailableError, 503, "errors/503.html"),
)
FAULT = 500
OWN_PAGES = (400, 403, 404, 405, 409, 410, 413, 429, 500, 503)

LINK_AGAIN = "pages/citizen/open_link_again.html"
SAID_NO = "pages/citizen/said_no.html"
# Where not even a page about the fault can be made: no template, no translation, nothing that could be broken too.
BARE_PAGE = """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Noget gik galt hos os – outcomes</title></head><body><main>
<h1>Noget gik galt hos os</h1>
<p>Det er ikke din skyld. Det, du har fået kvittering for, er gemt sikkert. Prøv igen om nogle minutter.</p>
<section lang="en"><h2>Something went wrong with us</h2>
<p>It is not your fault. What you got a receipt for is safely stored. Try again in a few minutes.</p></section>
</main></body></html>
"""

log = structlog.get_logger("outcomes.views")


class PlaceOnly(logging.Filter):
    """Flask's own record of a fault holds the address and the fault's words, which may be a token, a name or an answer.

    Only its kind and where it happened are kept.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop a record with a fault in it, after noting the place."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            note_fault(error)
        return error is None


_place_only = PlaceOnly()


def install_errors(app: Flask) -> None:
    """Map the tree of errors, and HTTP's own, to pages."""
    app.register_error_handler(OutcomesError, show_error)
    app.register_error_handler(CSRFError, show_expired_form)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_fault)
    app.logger.addFilter(_place_only)


def show_error(error: OutcomesError) -> Page:
    """A named error: its status and page by the first class of the table that it belongs to."""
    for kind, status, template in STATUS:
        if isinstance(error, kind):
            if kind is errors.LinkError and _came_without_link():
                return _render(LINK_AGAIN, status)
            if isinstance(error, errors.DeclinedError):
                keep_sender(error.organisation_name, read_contact(error.contact))
                return _render(SAID_NO, status)
            if template.startswith("pages/"):
                return _render(template, status, confirm=False)
            if kind is errors.UnavailableError:
                return _render(template, status, sentence=error.sentence, typed=_typed())
            return _render(template, status, sentence=error.sentence)
    return show_fault(error)


def show_expired_form(_error: CSRFError) -> Page:
    """A form without a valid token: nothing was done."""
    sentence = Sentence(
        "The page was open for a long time, or came from somewhere else. Go back, reload it and try again."
    )
    return _render("errors/400.html", 400, sentence=sentence)


def show_http_error(error: HTTPException) -> Page:
    """One of HTTP's own errors, on our page for it."""
    code = error.code or FAULT
    status = code if code in OWN_PAGES else (400 if code < FAULT else FAULT)
    return _render(f"errors/{status}.html", code)


def show_fault(error: Exception) -> Page:
    """A fault of ours: a number to find it by, and no word of what it was. The log holds where, never the values."""
    return _render("errors/500.html", FAULT, reference=note_fault(error))


def note_fault(error: BaseException) -> str:
    """Log what kind of fault it was and where; gives the number to find it by."""
    reference = secrets.token_hex(4)
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    endpoint = request.endpoint if has_request_context() else None
    log.error("fault", reference=reference, kind=type(error).__name__, endpoint=endpoint, frames=frames[-8:])
    return reference


def _came_without_link() -> bool:
    """Whoever asks for a citizen's page with no ticket at all: their session is over, and the link may well be good."""
    endpoint = request.endpoint or ""
    return endpoint.startswith("citizen.") and endpoint != "citizen.enter" and g.get("ticket") is None


def _typed() -> list[tuple[str, str]]:
    """What a form sent, so that the page can send it once more; its token too, which is checked then as it was.

    Nothing where a file was among it, which no page can give back, and where anybody may enter: nothing long is written
    there, and a code belongs on no page.
    """
    if request.method != "POST" or request.endpoint is None or ANYONE in admitted(request.endpoint):
        return []
    try:
        return [] if request.files else list(request.form.items(multi=True))
    except HTTPException:
        return []


def _render(template: str, status: int, **variables: object) -> Page:
    """A page about an error, or a bare one where the page itself fails."""
    try:
        return render_template(template, **variables), status
    except Exception as fault:  # noqa: BLE001 - whatever it is, nobody may see it
        note_fault(fault)
        return BARE_PAGE, FAULT
