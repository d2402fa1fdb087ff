"""PyPI deltawoot and simple-chatwoot, unmodified: the calls their own code makes. deltawoot's class is read out of its file, because importing
the package starts a messenger."""

import os
import sys
import tempfile
import types

from record import PHONE, RUN, Recorder, Report, settings

base, token, _, account = settings()
wire = Recorder(base)

if "simple" in sys.argv:
    from simple_chatwoot import ChatWoot

    report = Report("simple-chatwoot", wire)
    do = report.call
    import json
    import urllib.request

    request = urllib.request.Request(f"{base}/api/v1/accounts/{account}/inboxes", data=json.dumps({"name": "S", "channel": {"type": "api"}}).encode())
    request.add_header("api_access_token", token)
    request.add_header("content-type", "application/json")
    inbox = json.load(urllib.request.urlopen(request))["id"]
    client = ChatWoot(wire.origin, token, str(account), str(inbox))
    source = do("create_contact", client.create_contact, "Caio", f"s.{RUN}@example.com", PHONE, identifier=f"s{RUN}")
    do("search_contacts", client.search_contacts, "Caio")
    number = do("create_conversation", client.create_conversation, source)
    do("create_message", client.create_message, number, "Oi")
    do("create_message outgoing", client.create_message, number, "Olá", message_type="outgoing")
    do("get_conversation_details", client.get_conversation_details, number)
    do("list_messages", client.list_messages, number)
    do("list_inboxes", client.list_inboxes)
    report.finish()

sys.modules.setdefault("deltachat_rpc_client", types.SimpleNamespace(Account=object))
import importlib.util

folder = next(os.path.join(p, "deltawoot") for p in sys.path if os.path.isdir(os.path.join(p, "deltawoot")))
spec = importlib.util.spec_from_file_location("woot", os.path.join(folder, "woot.py"))
woot = importlib.util.module_from_spec(spec)
spec.loader.exec_module(woot)

report = Report("deltawoot", wire)
do = report.call
client = do("create_inbox", woot.Woot, wire.origin + "/api/v1", token, account, None, "Delta Chat")
email = f"delta.{RUN}@example.com"
do("search_contact (none)", client.search_contact, email)
contact = do("create_contact_if_not_exists", client.create_contact_if_not_exists, email, "Delta")
found = do("search_contact", client.search_contact, email)
again = do("create_contact_if_not_exists (again)", client.create_contact_if_not_exists, email, "Delta")
assert found and again["id"] == contact["id"], "the search by a GET with a JSON body finds nobody"
do("get_contact", client.get_contact, contact["id"])
do("get_conversations", client.get_conversations, contact)
talk = do("create_conversation_if_not_exists", client.create_conversation_if_not_exists, client.get_contact(contact["id"]))
do("send_message", client.send_message, talk, "oi")
with tempfile.NamedTemporaryFile(suffix=".png") as file:
    file.write(bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000a49444154789c6360000002000100ffff03000006000557bfabd40000000049454e44ae426082".replace(" ", "")))
    file.flush()
    do("send_message with a picture", client.send_message, talk, "foto", filename=file.name, mime_type="image/png")
messages = do("get_messages", client.get_messages, talk)
links = [a["data_url"] for m in messages for a in m.get("attachments", [])]
assert links, "the picture is not among the messages"
# Its own download takes the file's name from the end of the address.
assert links[0].split("/")[-1].endswith(".png"), f"the address does not end in the file's name: {links[0]}"
same = do("create_conversation_if_not_exists (again)", client.create_conversation_if_not_exists, client.get_contact(contact["id"]))
assert same["id"] == talk["id"], "a second conversation was begun"
report.finish()
