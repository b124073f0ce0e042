"""Statistics: one method per file, tidy frames and arrays in, frozen named results out.

Nothing here knows a database, a web request or a language: sentences are :class:`outcomes.errors.Sentence`, translated
where they are shown. pandas, scipy and statsmodels are imported inside the functions that use them, so that importing a
result type costs nothing.
"""
