"""PyPI chatwoot-python-client, unmodified: every method of its generated classes; its deserializer judges the answers. What a method takes is
read from its own signature."""

import inspect
import json
import re
import time
import urllib.request

import chatwoot_client
import chatwoot_client.apis as apis
from record import PHONE, RUN, Recorder, Report, settings

base, token, platform, account = settings()
wire = Recorder(base)
report = Report("chatwoot-python-client", wire)


def api(key):
    configuration = chatwoot_client.Configuration()
    configuration.host = wire.origin
    # A dictionary of its own: its configurations share theirs.
    configuration.api_key = {"api_access_token": key}
    return chatwoot_client.ApiClient(configuration)


own, operator = api(token), api(platform)


def post(path, body, key=token):
    request = urllib.request.Request(base + path, data=json.dumps(body).encode())
    request.add_header("api_access_token", key)
    request.add_header("content-type", "application/json")
    return json.load(urllib.request.urlopen(request))


A, P = f"/api/v1/accounts/{account}", "/platform/api/v1"
inbox = post(f"{A}/inboxes", {"name": "Gen", "channel": {"type": "api", "webhook_url": ""}})
web = post(f"{A}/inboxes", {"name": "Gen web", "channel": {"type": "web_widget", "website_url": "https://loja.example"}})
person = post(f"{A}/contacts", {"inbox_id": inbox["id"], "name": "Caio", "email": f"gen.{RUN}@example.com", "phone_number": PHONE})["payload"]
contact, source = person["contact"]["id"], person["contact_inbox"]["source_id"]
talk = post(f"{A}/conversations", {"source_id": source, "inbox_id": inbox["id"], "contact_id": contact})
message = post(f"{A}/conversations/{talk['id']}/messages", {"content": "oi", "message_type": "incoming"})["id"]
agent = post(f"{A}/agents", {"name": "Bia", "email": f"bia.gen.{RUN}@example.com", "role": "agent"})["id"]
bot = post(f"{A}/agent_bots", {"name": "Bot", "outgoing_url": "https://example.com/b"})["id"]
team = post(f"{A}/teams", {"name": f"gen {RUN}"})["id"]
canned = post(f"{A}/canned_responses", {"short_code": f"g{RUN}", "content": "x"})["id"]
definition = {"attribute_display_name": "P", "attribute_display_type": 0, "attribute_key": f"g_{RUN}", "attribute_model": 1}
attribute = post(f"{A}/custom_attribute_definitions", definition)["id"]
query = {"payload": [{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}]}
folder = post(f"{A}/custom_filters", {"name": "g", "type": "conversation", "query": query})["id"]
hook = post(f"{A}/webhooks", {"url": f"https://example.com/g{RUN}", "subscriptions": ["message_created"]})["payload"]["webhook"]["id"]
app = post(f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts", {"name": "Eva", "identifier": f"g{RUN}"})["source_id"]
thread = post(f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts/{app}/conversations", {})["id"]
said = post(f"/public/api/v1/inboxes/{inbox['inbox_identifier']}/contacts/{app}/conversations/{thread}/messages", {"content": "oi"})["id"]
place = post(f"{P}/accounts", {"name": f"Gen {RUN}"}, platform)["id"]
user = post(f"{P}/users", {"name": "Rui", "email": f"rui.gen.{RUN}@example.com", "password": "Senha-bem-longa-1!"}, platform)["id"]
post(f"{P}/accounts/{place}/account_users", {"user_id": user, "role": "agent"}, platform)
robot = post(f"{P}/agent_bots", {"name": "R", "outgoing_url": "https://example.com/b"}, platform)["id"]
post(f"{A}/inbox_members", {"inbox_id": inbox["id"], "user_ids": [agent]})
post(f"{A}/teams/{team}/team_members", {"user_ids": [agent]})

OPERATOR = {"AccountUsersApi", "AccountsApi", "AgentBotsApi", "UsersApi"}
IDS = {"AccountAgentBotsApi": bot, "AgentsApi": agent, "CannedResponseApi": canned, "CannedResponsesApi": canned, "ContactApi": contact,
       "ContactsApi": contact, "CustomAttributesApi": attribute, "InboxesApi": inbox["id"], "AgentBotsApi": robot, "UsersApi": user,
       "AutomationRuleApi": 1}
BODIES = {
    "create_an_account_agent_bot": {"name": "B2", "outgoing_url": "https://example.com/c"}, "update_an_account_agent_bot": {"name": "B3"},
    "create_an_account_user": {"user_id": user, "role": "administrator"}, "delete_an_account_user": {"user_id": user},
    "create_an_account": {"name": f"Gen2 {RUN}"}, "update_an_account": {"name": "Gen3"},
    "create_an_agent_bot": {"name": "R2", "outgoing_url": "https://example.com/d"}, "update_an_agent_bot": {"name": "R3"},
    "add_new_agent_to_account": {"name": "Leo", "email": f"leo.gen.{RUN}@example.com", "role": "agent"}, "update_agent_in_account": {"role": "agent"},
    "update_canned_response_in_account": {"content": "y", "short_code": f"g2{RUN}"}, "add_new_canned_response_to_account": {"content": "z", "short_code": f"g3{RUN}"},
    "contact_inbox_creation": {"inbox_id": web["id"]}, "contact_create": {"inbox_id": inbox["id"], "name": "Ida", "email": f"ida.gen.{RUN}@example.com"},
    "contact_filter": {"payload": [{"attribute_key": "name", "filter_operator": "contains", "values": ["Caio"]}]}, "contact_update": {"name": "Caio M."},
    "create_a_contact": {"name": "Zoe", "identifier": f"z{RUN}"}, "update_a_contact": {"name": "Eva L."}, "create_a_conversation": {"custom_attributes": {}},
    "assign_a_conversation": {"assignee_id": 1}, "conversation_add_labels": {"labels": ["vip"]}, "conversation_filter": query,
    "new_conversation": {"source_id": source, "inbox_id": inbox["id"], "contact_id": contact}, "toggle_priority_of_a_conversation": {"priority": "high"},
    "toggle_status_of_a_conversation": {"status": "open"}, "add_new_custom_attribute_to_account": {**definition, "attribute_key": f"g2_{RUN}"},
    "update_custom_attribute_in_account": {"attribute_display_name": "Q"}, "create_a_custom_filter": {"name": "g2", "type": "conversation", "query": query},
    "update_a_custom_filter": {"name": "g3", "type": "conversation", "query": query}, "add_new_agent_to_inbox": {"inbox_id": inbox["id"], "user_ids": [agent]},
    "delete_agent_in_inbox": {"inbox_id": inbox["id"], "user_ids": [agent]}, "update_agents_in_inbox": {"inbox_id": inbox["id"], "user_ids": [agent]},
    "inbox_creation": {"name": "Gen 2", "channel": {"type": "web_widget", "website_url": "https://loja.example"}},
    "update_agent_bot": {"agent_bot": bot}, "update_inbox": {"name": "Gen 3", "enable_auto_assignment": True, "channel": {}},
    "create_a_new_message_in_a_conversation": {"content": "Olá"}, "create_a_message": {"content": "oi"}, "update_a_message": {"submitted_values": {"name": "a"}},
    "add_new_agent_to_team": {"user_ids": [agent]}, "delete_agent_in_team": {"user_ids": [agent]}, "update_agents_in_team": {"user_ids": [agent]},
    "create_a_team": {"name": f"gen2 {RUN}"}, "update_a_team": {"description": "x"}, "create_a_user": {"name": "Lia", "email": f"lia.gen.{RUN}@example.com", "password": "Senha-bem-longa-1!"},
    "update_a_user": {"name": "Rui P."}, "create_a_webhook": {"url": f"https://example.com/h{RUN}", "subscriptions": ["message_created"]},
    "update_a_webhook": {"url": f"https://example.com/i{RUN}", "subscriptions": ["message_created"]},
}
QUERIES = {"conversation_list": {"status": "open", "page": 1}, "contact_search": {"q": "caio"}, "contact_list": {"page": 1},
           "list_all_conversation_statistics": {"since": str(int(time.time()) - 86400), "until": str(int(time.time()))}}


def value(owner, method, name):
    public = owner.endswith("APIApi")
    known = {
        "account_id": place if owner in OPERATOR else account, "inbox_identifier": inbox["inbox_identifier"], "contact_identifier": app,
        "conversation_id": thread if public else talk["id"], "message_id": said if public else message, "inbox_id": inbox["id"], "team_id": team,
        "custom_filter_id": folder, "webhook_id": hook, "hook_id": 1, "portal_id": 1, "conversation_uuid": talk["uuid"], "attribute_model": "0",
        "type": "agent" if "agent" in method else "account", "metric": "conversations_count", "body": BODIES.get(method, {}),
    }
    if name == "id":
        return web["id"] if owner == "InboxesApi" and "agent_bot" in method else IDS[owner]
    return known[name]


todo = []
for owner, kind in inspect.getmembers(apis if hasattr(apis, "ContactsApi") else chatwoot_client, inspect.isclass):
    if not owner.endswith("Api"):
        continue
    for method, function in inspect.getmembers(kind, inspect.isfunction):
        if method.startswith("_") or method.endswith("_with_http_info"):
            continue
        todo.append((owner, kind, method, [p for p in inspect.signature(function).parameters if p not in ("self", "kwargs")]))
# Parts are taken away before wholes, and everything after it was used.
ENDS = ["delete_a_message", "agent_in_", "delete_an_account_user", "delete_a_custom", "delete_custom", "delete_canned", "delete_a_team", "delete_a"]
end = lambda method: next((n + 1 for n, e in enumerate(ENDS) if e in method), 99) if re.match("delete|contact_delete", method) else 0
for owner, kind, method, names in sorted(todo, key=lambda t: end(t[2])):
    client = kind(operator if owner in OPERATOR else own)
    report.call(f"{owner}.{method}", getattr(client, method), *[value(owner, method, n) for n in names], **QUERIES.get(method, {}))
report.finish()
