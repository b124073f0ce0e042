"""outcomes: steer social services by what changes for the citizen.

``create_app`` wires the rooms into a web application; see README.md for a map of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from outcomes.services.runtime import Runtime

MAX_BODY_BYTES = 256 * 1024
MAX_FORM_PARTS = 600
"""All questions on one page send up to four parts each."""
SESSION_HOURS = 12


def create_app(runtime: Runtime) -> Flask:
    """The web application of one instance. ``runtime`` brings its settings, database and keys."""
    from datetime import timedelta  # noqa: PLC0415 - the package itself stays light: commands import parts of it

    from flask import Flask  # noqa: PLC0415
    from jinja2 import StrictUndefined  # noqa: PLC0415

    from outcomes.extensions import csrf  # noqa: PLC0415
    from outcomes.reports.environment import install_language  # noqa: PLC0415
    from outcomes.views import register_views  # noqa: PLC0415

    settings = runtime.settings
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[key.get_secret_value() for key in settings.secret_key_fallbacks],
        SESSION_COOKIE_NAME="__Host-outcomes" if settings.secure_cookies else "outcomes",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        # A form stays good as long as its session: nobody loses answers by answering slowly.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        # Our pages send no referrer, by policy; the token and SameSite do the work.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    install_language(app.jinja_env)
    app.extensions["outcomes"] = runtime
    csrf.init_app(app)
    register_views(app)
    _trust_proxies(app, settings.trusted_proxies)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    """Take who asks, and whether over HTTPS, from the headers of ``count`` proxies in front; of nobody else's."""
    if not count:
        return
    from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: PLC0415

    # Never the host: BASE_URL says what links begin with.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
