#!/usr/bin/env python3
"""An agent bot in twenty lines: greets, answers `horário`, and hands over to people on `atendente`.

    example_bot.py BASE_URL ACCOUNT BOT_TOKEN PORT
"""
import json, sys, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

base, account, token, port = sys.argv[1:5]


def call(path, body):
    url = f"{base}/api/v1/accounts/{account}/conversations/{path}"
    headers = {"content-type": "application/json", "api_access_token": token}
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=10).read()


class Bot(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()
        # Its own words come back too, and what people hold is not a bot's to answer.
        if event["event"] != "message_created" or event["message_type"] != "incoming" or event["conversation"]["status"] != "pending":
            return
        number, text = event["conversation"]["id"], (event["content"] or "").lower()
        if "atendente" in text:
            call(f"{number}/toggle_status", {"status": "open"})
        else:
            call(f"{number}/messages", {"content": "Abrimos das 9h às 18h." if "horário" in text else "Olá! Diga `horário` ou `atendente`."})


HTTPServer(("127.0.0.1", int(port)), Bot).serve_forever()
