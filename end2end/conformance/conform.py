#!/usr/bin/env python3
"""Exercises every operation of an OpenAPI document against a running server and validates each answer against the document's schema.

    conform.py --spec openapi.json --base http://127.0.0.1:3100 --token TOKEN --account 1 [--platform-token TOKEN] [--reach 105]

Prints two lists by name, what validates and what does not, and ends with 1 when fewer validate than --reach asks. It makes what it needs
through the API itself, in an order of its own, and needs an account it may write in.
"""

import argparse
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

from jsonschema import Draft202012Validator


def nullable(node):
    """OpenAPI 3.0 says `nullable`, JSON Schema wants a list of types."""
    if isinstance(node, dict):
        node = {key: nullable(value) for key, value in node.items()}
        if node.pop("nullable", False) and "type" in node:
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = list(node["enum"]) + [None]
        return node
    if isinstance(node, list):
        return [nullable(value) for value in node]
    return node


class Server:
    """What is called, and what the document says of it."""

    def __init__(self, args):
        self.base = args.base.rstrip("/")
        self.token, self.platform = args.token, args.platform_token
        self.document = json.load(open(args.spec, encoding="utf-8"))
        self.schemas = nullable(self.document.get("components", {}))
        self.passed, self.failed, self.tried = [], [], set()

    def send(self, method, path, body=None, token=None, query=None):
        url = self.base + path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("content-type", "application/json")
        if token:
            request.add_header("api_access_token", token)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def schema(self, method, template, status):
        responses = self.document["paths"][template][method.lower()].get("responses", {})
        if str(status) not in responses:
            return False, None
        content = responses[str(status)].get("content", {})
        return True, content.get("application/json", {}).get("schema")

    def op(self, method, template, names=None, body=None, query=None, token="account"):
        """Calls one operation of the document and judges the answer; answers its body for those that follow."""
        name = f"{method} {template}"
        if template not in self.document["paths"] or method.lower() not in self.document["paths"][template]:
            print(f"note: {name} is not in this document", file=sys.stderr)
            return None
        path = template
        for key, value in (names or {}).items():
            path = path.replace("{" + key + "}", urllib.parse.quote(str(value), safe=""))
        secret = {"account": self.token, "platform": self.platform, None: None}[token]
        status, raw = self.send(method, path, body, secret, query)
        self.tried.add(name)
        try:
            value = json.loads(raw) if raw else None
        except ValueError:
            value = None
        known, schema = self.schema(method, template, status)
        wrong = None
        if status == 501:
            wrong = f"501 {(value or {}).get('error', '')}"
        elif status >= 400:
            wrong = f"{status} {raw[:200].decode(errors='replace')}"
        elif not known:
            wrong = f"{status} is no status of the document"
        elif schema is not None and raw:
            whole = dict(nullable(schema))
            whole["components"] = self.schemas
            errors = list(Draft202012Validator(whole).iter_errors(value))
            if errors:
                where = "/".join(str(part) for part in errors[0].absolute_path)
                wrong = f"{len(errors)} schema errors, the first at {where or 'the top'}: {errors[0].message[:160]}"
        if wrong:
            self.failed.append((name, wrong))
        else:
            self.passed.append(name)
        return value


def platform(s, mark):
    a = s.op("POST", "/platform/api/v1/accounts", body={"name": f"Platform {mark}"}, token="platform") or {}
    names = {"account_id": a.get("id", 0)}
    s.op("GET", "/platform/api/v1/accounts/{account_id}", names, token="platform")
    s.op("PATCH", "/platform/api/v1/accounts/{account_id}", names, {"name": f"Renamed {mark}"}, token="platform")
    user = {"name": "Rita Reis", "email": f"rita.{mark}@example.com", "password": "cavalo-bateria-grampo"}
    u = s.op("POST", "/platform/api/v1/users", body=user, token="platform") or {}
    who = {"id": u.get("id", 0)}
    s.op("GET", "/platform/api/v1/users/{id}", who, token="platform")
    s.op("PATCH", "/platform/api/v1/users/{id}", who, {"name": "Rita R."}, token="platform")
    join = {"user_id": u.get("id", 0), "role": "agent"}
    s.op("POST", "/platform/api/v1/accounts/{account_id}/account_users", names, join, token="platform")
    s.op("GET", "/platform/api/v1/accounts/{account_id}/account_users", names, token="platform")
    s.op("GET", "/platform/api/v1/users/{id}/login", who, token="platform")
    s.op("DELETE", "/platform/api/v1/accounts/{account_id}/account_users", names, {"user_id": u.get("id", 0)}, token="platform")
    b = s.op("POST", "/platform/api/v1/agent_bots", body={"name": "Global", "description": "x", "outgoing_url": "https://bot.example.com"}, token="platform") or {}
    bot = {"id": b.get("id", 0)}
    s.op("GET", "/platform/api/v1/agent_bots", token="platform")
    s.op("GET", "/platform/api/v1/agent_bots/{id}", bot, token="platform")
    s.op("PATCH", "/platform/api/v1/agent_bots/{id}", bot, {"name": "Global 2"}, token="platform")
    s.op("DELETE", "/platform/api/v1/agent_bots/{id}", bot, token="platform")
    s.op("DELETE", "/platform/api/v1/users/{id}", who, token="platform")
    s.op("DELETE", "/platform/api/v1/accounts/{account_id}", names, token="platform")


def client(s, identifier):
    root = "/public/api/v1/inboxes/{inbox_identifier}"
    place = {"inbox_identifier": identifier}
    s.op("GET", root, place, token=None)
    made = s.op("POST", root + "/contacts", place, {"name": "Caio", "email": f"caio.{uuid.uuid4().hex[:8]}@example.com"}, token=None) or {}
    who = {**place, "contact_identifier": made.get("source_id", "none")}
    contact = root + "/contacts/{contact_identifier}"
    s.op("GET", contact, who, token=None)
    s.op("PATCH", contact, who, {"name": "Caio M."}, token=None)
    begun = s.op("POST", contact + "/conversations", who, {"custom_attributes": {"plan": "gold"}}, token=None) or {}
    s.op("GET", contact + "/conversations", who, token=None)
    where = {**who, "conversation_id": begun.get("id", 0)}
    thread = contact + "/conversations/{conversation_id}"
    s.op("GET", thread, where, token=None)
    s.op("POST", thread + "/toggle_typing", where, {"typing_status": "on"}, query={"typing_status": "on"}, token=None)
    s.op("POST", thread + "/messages", where, {"content": "Oi", "echo_id": "e1"}, token=None)
    # The stray path knows no sender but a contact, so it is asked while only one has written.
    s.op("GET", "/accounts/{account_id}/conversations/{conversation_id}/messages", {"account_id": s.account, "conversation_id": begun.get("id", 0)})
    asked = {"content": "Qual?", "content_type": "input_select", "content_attributes": {"items": [{"title": "A", "value": "a"}]}}
    status, raw = s.send("POST", f"/api/v1/accounts/{s.account}/conversations/{begun.get('id', 0)}/messages", asked, s.token)
    question = json.loads(raw).get("id", 0) if status == 200 else 0
    s.op("GET", thread + "/messages", where, token=None)
    chosen = {"submitted_values": {"name": "a", "title": "A", "value": "a"}}
    s.op("PATCH", thread + "/messages/{message_id}", {**where, "message_id": question}, chosen, token=None)
    s.op("POST", thread + "/update_last_seen", where, {}, token=None)
    s.op("POST", thread + "/toggle_status", where, {}, token=None)
    _, raw = s.send("GET", f"/api/v1/accounts/{s.account}/conversations/{begun.get('id', 0)}", None, s.token)
    s.op("GET", "/survey/responses/{conversation_uuid}", {"conversation_uuid": json.loads(raw).get("uuid", "none")}, token=None)


def application(s, mark):
    account = {"account_id": s.account}
    A = "/api/v1/accounts/{account_id}"
    s.op("GET", "/api/v1/accounts/{id}", {"id": s.account})
    s.op("PATCH", "/api/v1/accounts/{id}", {"id": s.account}, {"name": f"Conform {mark}"})
    me = s.op("GET", "/api/v1/profile") or {}

    bot = s.op("POST", A + "/agent_bots", account, {"name": "Bot", "description": "x", "outgoing_url": "https://bot.example.com"}) or {}
    s.op("GET", A + "/agent_bots", account)
    s.op("GET", A + "/agent_bots/{id}", {**account, "id": bot.get("id", 0)})
    s.op("PATCH", A + "/agent_bots/{id}", {**account, "id": bot.get("id", 0)}, {"name": "Bot 2"})

    agent = s.op("POST", A + "/agents", account, {"name": "Bia", "email": f"bia.{mark}@example.com", "role": "agent"}) or {}
    s.op("GET", A + "/agents", account)
    s.op("PATCH", A + "/agents/{id}", {**account, "id": agent.get("id", 0)}, {"role": "administrator"})

    inbox = s.op("POST", A + "/inboxes/", account, {"name": f"API {mark}", "channel": {"type": "api", "webhook_url": ""}}) or {}
    site = {"name": f"Site {mark}", "channel": {"type": "web_widget", "website_url": "acme.com", "welcome_title": "Oi", "widget_color": "#1F93FF"}}
    s.send("POST", f"/api/v1/accounts/{s.account}/inboxes", site, s.token)
    where = {**account, "id": inbox.get("id", 0)}
    s.op("GET", A + "/inboxes", account)
    s.op("GET", A + "/inboxes/{id}/", where)
    s.op("PATCH", A + "/inboxes/{id}", where, {"name": f"API two {mark}", "greeting_enabled": False})
    s.op("GET", A + "/inboxes/{id}/agent_bot", where)
    s.op("POST", A + "/inboxes/{id}/set_agent_bot", where, {"agent_bot": bot.get("id", 0)})
    s.send("POST", f"/api/v1/accounts/{s.account}/inboxes/{where['id']}/set_agent_bot", {"agent_bot": None}, s.token)
    s.op("DELETE", A + "/agent_bots/{id}", {**account, "id": bot.get("id", 0)})
    people = {"inbox_id": inbox.get("id", 0), "user_ids": [me.get("id", 0), agent.get("id", 0)]}
    s.op("POST", A + "/inbox_members", account, people)
    s.op("GET", A + "/inbox_members/{inbox_id}", {**account, "inbox_id": inbox.get("id", 0)})
    s.op("PATCH", A + "/inbox_members", account, people)
    s.op("DELETE", A + "/inbox_members", account, {**people, "user_ids": [agent.get("id", 0)]})

    canned = s.op("POST", A + "/canned_responses", account, {"short_code": f"oi{mark}", "content": "Olá!"}) or {}
    s.op("GET", A + "/canned_responses", account)
    s.op("PATCH", A + "/canned_responses/{id}", {**account, "id": canned.get("id", 0)}, {"content": "Olá de novo!"})
    s.op("DELETE", A + "/canned_responses/{id}", {**account, "id": canned.get("id", 0)})

    defined = {"attribute_display_name": "Plano", "attribute_display_type": 0, "attribute_description": "x", "attribute_key": f"plano_{mark}", "attribute_model": 0}
    made = s.op("POST", A + "/custom_attribute_definitions", account, defined) or {}
    one = {**account, "id": made.get("id", 0)}
    s.op("GET", A + "/custom_attribute_definitions", account, query={"attribute_model": "0"})
    s.op("GET", A + "/custom_attribute_definitions/{id}", one)
    s.op("PATCH", A + "/custom_attribute_definitions/{id}", one, {"attribute_display_name": "Plano 2"})
    s.op("DELETE", A + "/custom_attribute_definitions/{id}", one)

    team = s.op("POST", A + "/teams", account, {"name": f"vendas {mark}", "description": "x", "allow_auto_assign": True}) or {}
    t = {**account, "team_id": team.get("id", 0)}
    s.op("GET", A + "/teams", account)
    s.op("GET", A + "/teams/{team_id}", t)
    s.op("PATCH", A + "/teams/{team_id}", t, {"description": "y"})
    s.op("POST", A + "/teams/{team_id}/team_members", t, {"user_ids": [me.get("id", 0)]})
    s.op("GET", A + "/teams/{team_id}/team_members", t)
    s.op("PATCH", A + "/teams/{team_id}/team_members", t, {"user_ids": [me.get("id", 0)]})

    contact = {"inbox_id": inbox.get("id", 0), "name": "Zé", "email": f"ze.{mark}@example.com", "phone_number": "+55119" + str(uuid.uuid4().int)[:8],
               "custom_attributes": {"nivel": "ouro"}, "additional_attributes": {"city": "Recife"}}
    made = s.op("POST", A + "/contacts", account, contact) or {}
    ze = made.get("payload", {}).get("contact", {}).get("id", 0)
    source = (made.get("payload", {}).get("contact_inbox") or {}).get("source_id", "")
    k = {**account, "id": ze}
    s.op("GET", A + "/contacts", account)
    s.op("GET", A + "/contacts/{id}", k)
    s.op("PUT", A + "/contacts/{id}", k, {"name": "Zé Lima"})
    s.op("GET", A + "/contacts/search", account, query={"q": f"ze.{mark}"})
    rows = [{"attribute_key": "name", "filter_operator": "contains", "values": ["Lima"], "query_operator": "AND"},
            {"attribute_key": "email", "filter_operator": "is_present", "values": [], "query_operator": None}]
    s.op("POST", A + "/contacts/filter", account, {"payload": rows})
    s.op("POST", A + "/contacts/{id}/labels", k, {"labels": ["vip"]})
    s.op("GET", A + "/contacts/{id}/labels", k)
    s.op("POST", A + "/contacts/{id}/contact_inboxes", k, {"inbox_id": inbox.get("id", 0), "source_id": uuid.uuid4().hex})
    s.op("GET", A + "/contacts/{id}/contactable_inboxes", k)

    begin = {"source_id": source, "inbox_id": inbox.get("id", 0), "contact_id": ze, "message": {"content": "Olá, Zé"}}
    made = s.op("POST", A + "/conversations", account, begin) or {}
    c = {**account, "conversation_id": made.get("id", 0)}
    one = A + "/conversations/{conversation_id}"
    sent = s.op("POST", one + "/messages", c, {"content": "Oi", "message_type": "outgoing"}) or {}
    s.send("POST", f"/api/v1/accounts/{s.account}/conversations/{made.get('id', 0)}/messages", {"content": "Eu", "message_type": "incoming"}, s.token)
    s.op("GET", one + "/messages", c)
    s.op("GET", A + "/contacts/{id}/conversations", k)
    s.op("GET", A + "/conversations", account)
    s.op("GET", A + "/conversations/meta", account)
    rows = [{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": None}]
    s.op("POST", A + "/conversations/filter", account, {"payload": rows})
    s.op("GET", one, c)
    s.op("PATCH", one, c, {"priority": "high"})
    s.op("POST", one + "/toggle_priority", c, {"priority": "urgent"})
    s.op("POST", one + "/custom_attributes", c, {"custom_attributes": {"pedido": "12345"}})
    s.op("POST", one + "/assignments", c, {"assignee_id": me.get("id", 0)})
    s.op("POST", one + "/labels", c, {"labels": ["vip"]})
    s.op("GET", one + "/labels", c)
    s.op("POST", one + "/toggle_status", c, {"status": "resolved"})
    s.op("DELETE", one + "/messages/{message_id}", {**c, "message_id": sent.get("id", 0)})

    query = {"payload": [{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}]}
    made = s.op("POST", A + "/custom_filters", account, {"name": "Meu", "type": "conversation", "query": query}) or {}
    f = {**account, "custom_filter_id": made.get("id", 0)}
    s.op("GET", A + "/custom_filters", account)
    s.op("GET", A + "/custom_filters/{custom_filter_id}", f)
    s.op("PATCH", A + "/custom_filters/{custom_filter_id}", f, {"name": "Meu 2"})
    s.op("DELETE", A + "/custom_filters/{custom_filter_id}", f)

    made = s.op("POST", A + "/webhooks", account, {"url": f"https://hooks.example.com/{mark}", "subscriptions": ["message_created"]}) or {}
    hook = made.get("payload", {}).get("webhook", made)
    s.op("GET", A + "/webhooks", account)
    s.op("PATCH", A + "/webhooks/{webhook_id}", {**account, "webhook_id": hook.get("id", 0)}, {"subscriptions": ["conversation_created"]})
    s.op("DELETE", A + "/webhooks/{webhook_id}", {**account, "webhook_id": hook.get("id", 0)})

    rule = {**account, "id": 1}
    s.op("GET", A + "/automation_rules", account)
    s.op("POST", A + "/automation_rules", account, {"name": "x", "event_name": "message_created", "conditions": [], "actions": []})
    for method in ("GET", "PATCH", "DELETE"):
        s.op(method, A + "/automation_rules/{id}", rule, None if method != "PATCH" else {"name": "y"})
    s.op("GET", A + "/integrations/apps", account)
    s.op("POST", A + "/integrations/hooks", account, {"app_id": "slack"})
    s.op("PATCH", A + "/integrations/hooks/{hook_id}", {**account, "hook_id": 1}, {})
    s.op("DELETE", A + "/integrations/hooks/{hook_id}", {**account, "hook_id": 1})
    s.op("POST", A + "/portals", account, {"name": "Ajuda", "slug": "ajuda"})
    s.op("GET", A + "/portals", account)
    s.op("PATCH", A + "/portals/{id}", {**account, "id": 1}, {})
    s.op("POST", A + "/portals/{id}/categories", {**account, "id": 1}, {})
    s.op("POST", A + "/portals/{id}/articles", {**account, "id": 1}, {})
    R = "/api/v2/accounts/{account_id}/reports"
    since = {"since": "1700000000", "until": "1900000000"}
    s.op("GET", R, account, query={"metric": "conversations_count", "type": "account", **since})
    s.op("GET", R + "/summary", account, query={"type": "account", **since})
    s.op("GET", R + "/conversations", account, query={"type": "account"})
    s.op("GET", R + "/conversations/", account, query={"type": "agent"})

    client(s, inbox.get("inbox_identifier", "none"))
    s.op("DELETE", A + "/contacts/{id}", k)
    s.op("DELETE", A + "/teams/{team_id}/team_members", t, {"user_ids": [me.get("id", 0)]})
    s.op("DELETE", A + "/teams/{team_id}", t)
    s.op("DELETE", A + "/agents/{id}", {**account, "id": agent.get("id", 0)})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--spec", "--base", "--token", "--account"):
        parser.add_argument(name, required=True)
    parser.add_argument("--platform-token", default="")
    parser.add_argument("--reach", type=int, default=0, help="how many must validate")
    args = parser.parse_args()
    server = Server(args)
    server.account = args.account
    mark = uuid.uuid4().hex[:6]
    application(server, mark)
    platform(server, mark)
    methods = ("get", "post", "put", "patch", "delete")
    every = {f"{m.upper()} {path}" for path, ops in server.document["paths"].items() for m in ops if m in methods}
    for name in sorted(every - server.tried):
        server.failed.append((name, "not exercised"))
    print(f"validate ({len(server.passed)}):")
    for name in sorted(server.passed):
        print(f"  {name}")
    print(f"do not ({len(server.failed)}):")
    for name, why in sorted(server.failed):
        print(f"  {name}: {why}")
    print(f"{len(server.passed)} of {len(every)} validate")
    return 0 if len(server.passed) >= args.reach else 1


if __name__ == "__main__":
    sys.exit(main())
