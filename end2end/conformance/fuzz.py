#!/usr/bin/env python3
"""Runs schemathesis against our own document: a fresh server with a small desk, an administrator's token, every phase.

    pip install schemathesis
    fuzz.py --recado target/debug/recado [--st st] [-- more arguments of `st run`]

What takes things away runs last, so that there is something to ask for before. It answers with schemathesis's own verdict.
"""
import argparse, json, os, pathlib, shutil, socket, subprocess, sys, tempfile, time, urllib.request

# What is refused although it is of the form the document says: ids of nothing, names that are taken, limits of channels. A refusal is told by
# 4xx, never by anything else; and 501 is how what is not there yet is named.
CONFIG = """
[auth.openapi.token]
api_key = "{token}"
[auth.openapi.hyphens]
api_key = "{token}"
[auth.openapi.bearer]
bearer = "{token}"
[auth.openapi.platform]
api_key = "{platform}"

[parameters]
"path.account_id" = {account}
"path.conversation_id" = 1
"path.inbox_identifier" = "{inbox}"
"path.contact_identifier" = "{source}"
"path.id" = 1
"path.team_id" = 1
"path.message_id" = 1

[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "501"]
positive_data_acceptance.expected-statuses = ["2xx", "4xx", "501"]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "409", "413", "422", "429", "501"]
"""


def main():
    given = argparse.ArgumentParser()
    given.add_argument("--recado", required=True)
    given.add_argument("--st", default=shutil.which("st") or "st")
    given.add_argument("--report", default="")
    given.add_argument("--rate", default="2800/m", help="below the server's own limit, which answers 429 beyond")
    given.add_argument("more", nargs="*")
    given = given.parse_args()
    recado = str(pathlib.Path(given.recado).resolve())
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = os.environ | {
            "RECADO_SERVER__LISTEN": f"127.0.0.1:{port}",
            "RECADO_DATABASE__URL": f"sqlite://{folder}/recado.db",
            "RECADO_FILES__PATH": f"{folder}/files",
            # No page is opened: any folder will do for the bundles.
            "RECADO_SERVER__SITE": folder,
        }

        def run(*words, **more):
            return subprocess.run([recado, *words], env=env, cwd=folder, check=True, capture_output=True, text=True, **more).stdout

        run("migrate")
        words = ["--account", "Acme", "--name", "Ana", "--email", "ana@example.com", "--password-stdin"]
        made = json.loads(run("admin", "create-account", *words, input="cavalo-bateria-grampo"))
        platform = json.loads(run("admin", "create-platform-app", "--name", "fuzz"))["api_token"]
        base = f"http://127.0.0.1:{port}"
        log = open(f"{folder}/log", "w")
        server = subprocess.Popen([recado, "serve"], env=env, cwd=folder, stdout=log, stderr=log)
        try:
            for _ in range(600):
                if server.poll() is not None:
                    sys.exit(pathlib.Path(folder, "log").read_text())
                try:
                    urllib.request.urlopen(f"{base}/api").read()
                    break
                except OSError:
                    time.sleep(0.1)

            def call(path, body):
                headers = {"content-type": "application/json", "api_access_token": made["api_token"]}
                asked = urllib.request.Request(f"{base}{path}", json.dumps(body).encode(), headers)
                return json.load(urllib.request.urlopen(asked))

            root = f"/api/v1/accounts/{made['account_id']}"
            inbox = call(f"{root}/inboxes", {"name": "Fuzz", "channel": {"type": "api", "webhook_url": ""}})
            for number in range(20):
                asked = {"name": f"Fuzz {number}", "inbox_id": inbox["id"], "source_id": f"0123456789abcdef012345-{number}"}
                source = call(f"{root}/contacts", asked)["payload"]["contact_inbox"]["source_id"]
                thread = call(f"{root}/conversations", {"source_id": source, "inbox_id": inbox["id"]})["id"]
                for way in ("incoming", "outgoing"):
                    call(f"{root}/conversations/{thread}/messages", {"content": f"Hello {number}", "message_type": way})
            # The client API asks as the one of the first conversation.
            source = "0123456789abcdef012345-0"
            call(f"{root}/teams", {"name": "Fuzz"})
            call(f"{root}/labels", {"title": "fuzz"})
            call(f"{root}/agent_bots", {"name": "Fuzz"})
            call(f"{root}/webhooks", {"url": "https://example.com/hook"})
            call(f"{root}/macros", {"name": "Fuzz", "actions": [{"action_name": "resolve_conversation"}]})
            call(f"{root}/canned_responses", {"short_code": "fuzz", "content": "Fuzz"})
            text = CONFIG.format(
                token=made["api_token"], platform=platform, account=made["account_id"], inbox=inbox["inbox_identifier"], source=source
            )
            pathlib.Path(folder, "schemathesis.toml").write_text(text)
            worst = 0
            for which in (["--exclude-method", "DELETE"], ["--include-method", "DELETE"]):
                words = [given.st, "run", f"{base}/api/docs/openapi.json", "--rate-limit", given.rate]
                # A stream does not end, and a token that is reset answers nothing any more.
                words += ["--exclude-path-regex", "/events$|/profile/reset_access_token$"]
                # Sixty wrong tokens a minute are answered 401, more with 429, so that none is guessed: `tests/it/rest.rs` asks every route instead.
                words += ["--exclude-checks", "ignored_auth"]
                words += ["--request-timeout", "30", "--continue-on-failure", "--generation-database", "none", *which, *given.more]
                if given.report:
                    words += ["--report", "ndjson", "--report-ndjson-path", f"{given.report}.{which[0].strip('-')}.ndjson"]
                worst = max(worst, subprocess.run(words, cwd=folder).returncode)
            if server.poll() is not None:
                sys.exit("the server went down")
            with open(f"{folder}/log") as lines:
                bad = [line for line in lines if " ERROR " in line or '"level":"ERROR"' in line or "panicked" in line]
            print("".join(bad[:20]))
            sys.exit(worst or bool(bad))
        finally:
            server.terminate()
            server.wait(30)


main()
