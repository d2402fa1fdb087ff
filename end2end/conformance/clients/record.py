"""What the drivers in Python share: a recorder between client and server, and the list of what passed and what did not, by name."""

import http.client
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Recorder:
    """Stands between a client and the server; `last` is the newest exchange."""

    def __init__(self, base):
        target = urllib.parse.urlsplit(base)
        record = self
        self.last = None

        class Between(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                size = int(self.headers.get("content-length") or 0)
                given = self.rfile.read(size) if size else b""
                onward = http.client.HTTPConnection(target.hostname, target.port or 80, timeout=30)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "accept-encoding")}
                onward.request(self.command, self.path, body=given or None, headers=headers)
                answer = onward.getresponse()
                text = answer.read()
                record.last = (self.command, self.path, given.decode("utf8", "replace"), answer.status, text.decode("utf8", "replace"))
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Report:
    """What was tried: by name, with the answer and what the client made of it."""

    def __init__(self, client, wire):
        self.client, self.wire, self.rows = client, wire, []

    def call(self, what, function, /, *given, **named):
        self.wire.last = None
        value, trouble = None, None
        try:
            value = function(*given, **named)
        except Exception as error:  # whatever a client raises is what is to be known
            trouble = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else error!r}"
        self.rows.append((what, self.wire.last, trouble))
        return value

    def finish(self):
        good = [r for r in self.rows if r[1] and 200 <= r[1][3] < 300 and not r[2]]
        later = [r for r in self.rows if r[1] and r[1][3] == 501]
        rest = [r for r in self.rows if r not in good and r not in later]
        print(f"\n{self.client}: {len(self.rows)} calls, {len(good)} answered and understood")
        if later:
            print("\nNot there yet (501): " + ", ".join(r[0] for r in later))
        for name, exchange, trouble in rest:
            method, path, given, status, text = exchange or ("?", "?", "", 0, "")
            kind = "NOT UNDERSTOOD" if 200 <= status < 300 else "REFUSED"
            print(f"\n{kind} {name}\n  {method} {path}\n  {given[:300]}\n  {status} {text[:400]}\n  {(trouble or '')[:400]}")
        sys.exit(1 if rest else 0)


def settings():
    """Address, token, platform token and account of the server under test."""
    names = ("RECADO_URL", "RECADO_TOKEN", "RECADO_PLATFORM_TOKEN", "RECADO_ACCOUNT")
    missing = [n for n in names if n not in os.environ]
    if missing:
        sys.exit("not set: " + ", ".join(missing))
    base, token, platform, account = (os.environ[n] for n in names)
    return base.rstrip("/"), token, platform, int(account)


RUN = format(int(time.time() * 1000), "x")
PHONE = "+5511" + str(int(time.time() * 1000))[-9:]
