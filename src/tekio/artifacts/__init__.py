"""What the stages hand to each other, as typed models: filled by the stage that writes, read by whoever reads.

A module a stage; `model.py` says how a file is written and read. `docs/formats.md` is made from here
(`python -m tekio.artifacts.formats`). A field has one name, in one place: renaming it is a type error in every writer.
"""
