"""`tekio view`: everything a run holds, opened on a page of this machine; read only, nothing of a run is held in memory as a whole."""

from tekio.view.server import ViewServer, page_of, serve

__all__ = ["ViewServer", "page_of", "serve"]
