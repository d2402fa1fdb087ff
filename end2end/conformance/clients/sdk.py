"""PyPI chatwoot-sdk, unmodified: every method of its synchronous client; its pydantic types judge the answers."""

from chatwoot import ChatwootClient
from record import PHONE, RUN, Recorder, Report, settings

base, token, _, account = settings()
wire = Recorder(base)
client = ChatwootClient(base_url=wire.origin, api_token=token)
report = Report("chatwoot-sdk", wire)
do = report.call

do("profile.get", client.profile.get)
agent = do("agents.add", client.agents.add, account, name="Bia", email=f"bia.{RUN}@example.com", role="agent")
do("agents.list", client.agents.list, account)
do("agents.get", client.agents.get, account, agent.id if agent else 1)
do("agents.update", client.agents.update, account, agent.id if agent else 1, role="administrator")

inbox = do("inboxes.create", client.inboxes.create, account, name="API", channel_type="api")
# Its own payload has no `channel`; what it needs from there on is an inbox.
if inbox is None:
    inbox = do("inboxes.create (with channel)", client.inboxes.create, account, name="API", channel_type="api", channel={"type": "api", "webhook_url": ""})
do("inboxes.list", client.inboxes.list, account)
do("inboxes.get", client.inboxes.get, account, inbox.id)
do("inboxes.update", client.inboxes.update, account, inbox.id, name="API 2")
do("inboxes.get_agent_bot", client.inboxes.get_agent_bot, account, inbox.id)
do("inboxes.set_agent_bot", client.inboxes.set_agent_bot, account, inbox.id, None)
members = client.inboxes.members if hasattr(client.inboxes, "members") else client.inboxes.agents
do("inboxes.members.add", members.add, account, inbox.id, [agent.id])
do("inboxes.members.list", members.list, account, inbox.id)
do("inboxes.members.update", members.update, account, inbox.id, [agent.id, 1])

team = do("teams.create", client.teams.create, account, name=f"time {RUN}", description="d")
do("teams.list", client.teams.list, account)
do("teams.get", client.teams.get, account, team.id)
do("teams.update", client.teams.update, account, team.id, description="e")
on_team = client.teams.agents if hasattr(client.teams, "agents") else client.teams.members
do("teams.agents.add", on_team.add, account, team.id, [agent.id])
do("teams.agents.list", on_team.list, account, team.id)

made = do("contacts.create", client.contacts.create, account, inbox.id, name="Caio", email=f"caio.{RUN}@example.com", phone_number=PHONE, identifier=RUN)
contact, source = (made.contact.id, made.contact_inbox.source_id) if made else (None, None)
if made is None:
    made = __import__("json").loads(wire.last[4])["payload"]
    contact, source = made["contact"]["id"], made["contact_inbox"]["source_id"]
do("contacts.list", client.contacts.list, account)
do("contacts.search", client.contacts.search, account, "caio")
do("contacts.get", client.contacts.get, account, contact)
do("contacts.update", client.contacts.update, account, contact, name="Caio M.")
do("contacts.labels.add", client.contacts.labels.add, account, contact, ["vip"])
do("contacts.labels.list", client.contacts.labels.list, account, contact)
do("contacts.contactable_inboxes", client.contacts.contactable_inboxes, account, contact)

talk = do("conversations.create", client.conversations.create, account, source_id=source, inbox_id=inbox.id, contact_id=contact)
number = talk.id if talk else 1
message = do("messages.create", client.messages.create, account, number, "Olá")
do("messages.create incoming", client.messages.create, account, number, "Oi", message_type="incoming")
do("messages.create private", client.messages.create, account, number, "nota", private=True)
do("messages.list", client.messages.list, account, number)
do("conversations.list", client.conversations.list, account)
do("conversations.get", client.conversations.get, account, number)
do("conversations.update", client.conversations.update, account, number, status="open", priority="high")
do("conversations.assign", client.conversations.assign, account, number, 1)
do("conversations.labels.add", client.conversations.labels.add, account, number, ["vip"])
do("conversations.labels.list", client.conversations.labels.list, account, number)
do("conversations.get_counts", client.conversations.get_counts, account)
for status in ("resolved", "pending", "open"):
    do(f"conversations.toggle_status {status}", client.conversations.toggle_status, account, number, status)
do("contacts.conversations", client.contacts.conversations, account, contact)
other = do("contacts.create another", client.contacts.create, account, inbox.id, name="Caio 2", email=f"caio2.{RUN}@example.com")
other = other.contact.id if other else __import__("json").loads(wire.last[4])["payload"]["contact"]["id"]
do("contacts.merge", client.contacts.merge, account, contact, other)
do("messages.update", client.messages.update, account, message.id if message else 1, "mudou")
do("messages.delete", client.messages.delete, account, message.id if message else 1)
do("inboxes.members.remove", members.remove, account, inbox.id, [agent.id])
do("teams.agents.remove", on_team.remove, account, team.id, [agent.id])
do("teams.delete", client.teams.delete, account, team.id)
do("agents.remove", client.agents.remove, account, agent.id)
do("contacts.delete", client.contacts.delete, account, contact)
report.finish()
