"""The kit for a machine without a network: `make` on a machine that has one, `verify` and `install` on the one that has none."""

from __future__ import annotations

from tekio.bundle.install import BundleError, install_bundle, verify_bundle
from tekio.bundle.make import PLATFORMS, BundlePlan, make_bundle

__all__ = ["PLATFORMS", "BundleError", "BundlePlan", "install_bundle", "make_bundle", "verify_bundle"]
