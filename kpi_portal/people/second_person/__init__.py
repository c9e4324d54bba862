"""Acts that need a second person: asking, deciding, carrying out.

`acts.Act` says what an act is; settings.SECOND_PERSON_ACTS lists them, so that upper layers
bring their own.
"""
