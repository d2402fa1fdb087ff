"""Drives the simulators with other people's clients, unmodified: what they send is taken, what they are sent they read and prove, what is
wrong they call by its name. Prints a line per client; any surprise ends it with an error."""
import asyncio, http.server, json, pathlib, sys, threading, urllib.error, urllib.request
from urllib.parse import parse_qsl, urlsplit

import httpx

bases = json.loads(sys.argv[1])
control = sys.argv[2]
photo = (pathlib.Path(__file__).parent / "../samples/foto.jpg").read_bytes()
calls = []


class Hook(http.server.BaseHTTPRequestHandler):
    """Where the simulators' webhooks arrive."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        query = dict(parse_qsl(urlsplit(self.path).query))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(query.get("hub.challenge", "").encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        calls.append((self.path, dict((k.lower(), v) for k, v in self.headers.items()), body))
        self.send_response(200)
        self.send_header("content-type", "text/xml")
        self.end_headers()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
hook = f"http://127.0.0.1:{server.server_port}"


def tell(path, body):
    request = urllib.request.Request(f"{control}/{path}", json.dumps(body).encode(), {"content-type": "application/json"})
    try:
        return json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{path}: {error.read().decode()}") from error


def says(channel, words, where):
    """Has a customer say something; answers the call that came of it."""
    before = len(calls)
    told = tell(f"{channel}/default/say", words)
    found = [call for call in calls[before:] if call[0].startswith(where)]
    assert found, (channel, told)
    return found[0]


def line():
    from linebot.v3 import WebhookParser
    from linebot.v3.exceptions import InvalidSignatureError
    from linebot.v3.messaging import ApiClient, ApiException, Configuration, ImageMessage, MessagingApi, MessagingApiBlob, PushMessageRequest, TextMessage
    from linebot.v3.messaging import SetWebhookEndpointRequest

    token = "SANDBOXlineToken/0000000000000000000000000001="
    api = MessagingApi(ApiClient(Configuration(host=bases["line"], access_token=token)))
    blob = MessagingApiBlob(ApiClient(Configuration(host=bases["line-data"], access_token=token)))
    assert api.get_bot_info().display_name
    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=f"{hook}/line"))
    assert api.get_webhook_endpoint().endpoint == f"{hook}/line"
    person = "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"
    _, headers, body = says("line", {"from": person, "name": "Bia", "text": "oi"}, "/line")
    parser = WebhookParser("sandbox-line-channel-secret-0001")
    event = parser.parse(body.decode(), headers["x-line-signature"])[0]
    assert (event.message.text, event.source.user_id) == ("oi", person)
    try:
        parser.parse(body.decode() + " ", headers["x-line-signature"])
        raise SystemExit("a forged call passes")
    except InvalidSignatureError:
        pass
    sent = api.push_message(PushMessageRequest(to=person, messages=[TextMessage(text="olá", quoteToken=event.message.quote_token)]))
    assert sent.sent_messages[0].id and sent.sent_messages[0].quote_token
    picture = "https://cdn.example/a.jpg"
    api.push_message(PushMessageRequest(to=person, messages=[ImageMessage(originalContentUrl=picture, previewImageUrl=picture)]))
    assert api.get_profile(person).display_name == "Bia"
    _, headers, body = says("line", {"from": person, "media": {"kind": "image"}}, "/line")
    image = parser.parse(body.decode(), headers["x-line-signature"])[0]
    assert len(blob.get_message_content(image.message.id)) > 100
    for wrong, status in [(Configuration(host=bases["line"], access_token="nada"), 401), (Configuration(host=bases["line"], access_token=token), 400)]:
        try:
            MessagingApi(ApiClient(wrong)).push_message(PushMessageRequest(to="U" + "z" * 32, messages=[TextMessage(text="x")]))
            raise SystemExit("nobody was reached")
        except ApiException as error:
            assert error.status == status, error


def twilio():
    from twilio.base.exceptions import TwilioRestException
    from twilio.http.http_client import TwilioHttpClient
    from twilio.request_validator import RequestValidator
    from twilio.rest import Client

    sid, token = "AC00000000000000000000000000000001", "5a4db0c0sandboxtwilioauthtoken01"

    class Here(TwilioHttpClient):
        """The client's own, with the host exchanged."""

        def request(self, method, url, *args, **kwargs):
            parts = urlsplit(url)
            base = {"api.twilio.com": "twilio", "messaging.twilio.com": "twilio-messaging", "content.twilio.com": "twilio-content"}[parts.netloc]
            return super().request(method, bases[base] + parts.path + (f"?{parts.query}" if parts.query else ""), *args, **kwargs)

    client = Client(sid, token, http_client=Here())
    assert client.api.v2010.accounts(sid).fetch().sid == sid
    tell("twilio/accounts", {"account_sid": sid, "webhook": f"{hook}/twilio"})
    path, headers, body = says("twilio", {"from": "+12025550143", "text": "oi & tchau"}, "/twilio")
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    validator = RequestValidator(token)
    assert validator.validate(f"{hook}{path}", form, headers["x-twilio-signature"]) and form["Body"] == "oi & tchau"
    assert not validator.validate(f"{hook}{path}", {**form, "Body": "x"}, headers["x-twilio-signature"])
    sent = client.messages.create(to="+12025550143", from_="+12025550100", body="olá", status_callback=f"{hook}/status")
    assert sent.sid.startswith("SM") and client.messages(sent.sid).fetch().body == "olá"
    for to, wrong, code in [("nada", token, 21211), ("+12025550143", "nada", 20003)]:
        try:
            Client(sid, wrong, http_client=Here()).messages.create(to=to, from_="+12025550100", body="x")
            raise SystemExit("a wrong call was taken")
        except TwilioRestException as error:
            assert error.code == code, error


def telegram():
    from telegram import Bot, Update
    from telegram.error import BadRequest, Forbidden, InvalidToken

    token = "700000001:SANDBOX_telegram_bot_token_00000001"

    async def talk():
        place = {"base_url": f"{bases['telegram']}/bot", "base_file_url": f"{bases['telegram']}/file/bot"}
        async with Bot(token, **place) as bot:
            assert bot.username
            assert await bot.set_webhook(f"{hook}/telegram", secret_token="segredo", allowed_updates=["message", "message_reaction"])
            assert (await bot.get_webhook_info()).url == f"{hook}/telegram"
            hear = lambda words: asyncio.to_thread(says, "telegram", {"from": 5000000143, **words}, "/telegram")
            _, headers, body = await hear({"name": "Bia Reis", "text": "oi"})
            assert headers["x-telegram-bot-api-secret-token"] == "segredo"
            update = Update.de_json(json.loads(body), bot)
            assert (update.message.text, update.effective_user.full_name) == ("oi", "Bia Reis")
            sent = await bot.send_message(5000000143, "<b>olá</b>", parse_mode="HTML", reply_parameters={"message_id": update.message.message_id})
            assert sent.text == "olá" and sent.entities[0].type == "bold"
            shown = await bot.send_photo(5000000143, photo, caption="foto", filename="a.jpg")
            assert shown.photo and shown.caption == "foto"
            _, _, body = await hear({"media": {"kind": "document"}})
            document = Update.de_json(json.loads(body), bot).message.document
            assert len(await (await document.get_file()).download_as_bytearray()) > 100
            for kind, call in [
                (BadRequest, lambda: bot.send_message(5000000143, "<b>x", parse_mode="HTML")),
                (BadRequest, lambda: bot.send_message(99, "x")),
            ]:
                try:
                    await call()
                    raise SystemExit("a wrong call was taken")
                except kind:
                    pass
            tell("telegram/default/say", {"from": 5000000143, "block": True})
            try:
                await bot.send_message(5000000143, "x")
                raise SystemExit("who blocked us was reached")
            except Forbidden:
                pass
        try:
            await Bot(token.replace("SANDBOX", "NOTHING"), **place).get_me()
            raise SystemExit("a wrong token opens")
        except InvalidToken:
            pass

    asyncio.run(talk())


def whatsapp():
    from pywa import WhatsApp, utils
    from pywa.errors import WhatsAppError
    from pywa.types import Message

    class Here(httpx.HTTPTransport):
        """The usual way out, with the host exchanged."""

        def handle_request(self, request):
            if request.url.host == "graph.facebook.com":
                request.url = httpx.URL(bases["graph"] + request.url.raw_path.decode())
                request.headers["host"] = request.url.netloc.decode()
            return super().handle_request(request)

    secret, number = "sandbox-meta-app-secret-0123456789ab", "100000000000001"
    client = WhatsApp(
        phone_id=number,
        token="EAASANDBOXwhatsapp00000000000000000001",
        waba_id="200000000000001",
        session=httpx.Client(transport=Here(), base_url="https://graph.facebook.com", follow_redirects=True),
    )
    assert client.get_business_phone_number().display_phone_number
    client.override_waba_callback_url(callback_url=f"{hook}/whatsapp", verify_token="palavra")
    _, headers, body = says("whatsapp", {"from": "12025550143", "name": "Bia", "text": "oi"}, "/whatsapp")
    assert utils.webhook_updates_validator(secret, body, headers["x-hub-signature-256"])
    assert not utils.webhook_updates_validator(secret, body + b" ", headers["x-hub-signature-256"])
    message = Message.from_update(client, json.loads(body))
    assert (message.text, message.from_user.name) == ("oi", "Bia")
    sent = client.send_message(to="12025550143", text="olá", reply_to_message_id=message.id)
    assert sent.id.startswith("wamid.")
    client.send_reaction(to="12025550143", message_id=message.id, emoji="👍")
    client.mark_message_as_read(message_id=message.id)
    _, headers, body = says("whatsapp", {"from": "12025550143", "media": {"kind": "image"}}, "/whatsapp")
    picture = Message.from_update(client, json.loads(body))
    assert picture.image and picture.image.id
    uploaded = client.upload_media(media=photo, mime_type="image/jpeg", filename="a.jpg")
    client.send_image(to="12025550143", image=uploaded.id if hasattr(uploaded, "id") else uploaded, caption="foto")
    try:
        client.send_message(to="12025550143", text="x" * 5000)
        raise SystemExit("too long a text was taken")
    except (WhatsAppError, ValueError):
        pass


for client in (line, twilio, telegram, whatsapp):
    client()
    print(f"ok {client.__name__}", flush=True)
