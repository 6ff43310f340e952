"""A model server on this machine that answers by rule and can be made to fail."""

# pyright: standard
# (JSON rows are untyped)

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StandIn(ThreadingHTTPServer):
    """A model server that answers by rule and can be made to fail."""

    daemon_threads = True

    def __init__(self):
        self.requests: list[Any] = []
        self.keys: list[Any] = []
        self.failures: list[int] = []
        self.fail_after = 10**9
        self.cannot: Callable[[Any], bool] = lambda body: False
        """Requests that it never answers."""
        self.answer = lambda body: json.dumps(
            {"question": "いつ中途換金できますか。", "answer": "1年後です。"}, ensure_ascii=False
        )
        self.finish = "stop"
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.keys.append(self.headers.get("Authorization"))
        if len(server.requests) >= server.fail_after:
            server.failures.append(500)
        elif server.cannot(body):
            server.failures.insert(0, 500)
        if server.failures:
            status = server.failures.pop(0)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://198.51.100.1/v1/chat/completions")
            self.end_headers()
            return
        server.requests.append(body)
        choice = {"message": {"role": "assistant", "content": server.answer(body)}, "finish_reason": server.finish}
        data = json.dumps({"model": "stand-in-1.0", "choices": [choice]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):  # noqa: A002
        pass
