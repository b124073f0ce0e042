"""What an intervention costs and saves, for whom and when, never without what it did for the citizens.

``material.ValueMaterial`` is handed in by the service; ``build.build_value`` makes the one ``context.ValueContext`` that
page, PDF, workbook and JSON are made from (``exports``). Nothing is imported here: the list of prices needs no statistics.
See ``docs/value.md``.
"""
