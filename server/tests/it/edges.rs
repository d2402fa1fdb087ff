//! The edges: origins, cookies, headers, limits, and what hostile callers get.

use crate::world::*;
use model::*;
use reqwest::header;
use serde_json::json;

#[tokio::test]
async fn nothing_changes_state_from_another_site() {
    let world = world().await;
    let ana = &world.here.ana;
    let bare = reqwest::Client::new();
    let paths = leptos::server_fn::axum::server_fn_paths().map(|(p, _)| p.to_owned());
    let others =
        ["/login", "/signup", "/logout", "/profile/photo", "/uploads/1", "/widget/v1/messages", "/widget/v1/session", "/widget/v1/files"];
    // FAULTS 51: a form, a fetch, a plain-text body, a missing, null or foreign origin; same-site is not same-origin.
    let origins = [
        vec![],
        vec![("origin", "null")],
        vec![("origin", "https://evil.example")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "none")],
    ];
    for path in paths.chain(others.map(str::to_owned)) {
        for headers in &origins {
            let mut request = bare.post(format!("{}{path}", world.base)).header(header::COOKIE, &ana.cookie);
            request = request.header(header::CONTENT_TYPE, "text/plain").body("{}");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {headers:?}");
            let body: FaultBody = answer.json().await.unwrap();
            assert_eq!(body.code, FaultCode::ForeignOrigin);
        }
    }
    world.finish().await;
}

#[tokio::test]
async fn cookies_are_kept_from_scripts_and_other_sites() {
    let world = world().await;
    let args = json!({ "email": world.here.ana.email, "password": PASSWORD });
    let answer = http().post(format!("{}/rpc/sign_in", world.base)).json(&args).send().await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    // Over HTTPS, as a trusted proxy says, it is host-bound and secure.
    let value = server::http::write_cookie(Some("x"), true);
    let secure = value.to_str().unwrap();
    assert!(secure.starts_with("__Host-recado=x;") && secure.contains("; Secure") && !secure.contains("Domain"), "{secure}");
    // A session fixed by somebody else is worth nothing: a new one is made at sign-in.
    let fixed = http().post(format!("{}/rpc/sign_in", world.base)).header(header::COOKIE, "recado=fixed").json(&args).send().await.unwrap();
    assert_ne!(cookie_of(&fixed).unwrap(), "recado=fixed");
    world.finish().await;
}

#[tokio::test]
async fn known_and_unknown_people_get_the_same_answers_and_limits_hold() {
    let world = world().await;
    let sign_in = async |email: &str, password: &str| {
        let args = json!({ "email": email, "password": password });
        let answer = http().post(format!("{}/rpc/sign_in", world.base)).json(&args).send().await.unwrap();
        let wait = answer.headers().get(header::RETRY_AFTER).is_some();
        (answer.status().as_u16(), answer.text().await.unwrap(), wait)
    };
    let known = sign_in("ana@loja.example", "errada-errada").await;
    let unknown = sign_in("ninguem@loja.example", "errada-errada").await;
    assert_eq!(known, unknown);
    assert_eq!(known.0, 401);
    // FAULTS 55: after five the door is closed for this person, the right password included, with the time to wait.
    for _ in 0..4 {
        assert_eq!(sign_in("ana@loja.example", "errada-errada").await.0, 401);
    }
    let closed = sign_in("ana@loja.example", PASSWORD).await;
    assert_eq!((closed.0, closed.2), (429, true));
    // A forged address does not open it: no proxy is trusted here.
    let args = json!({ "email": "ana@loja.example", "password": PASSWORD });
    let forged =
        http().post(format!("{}/rpc/sign_in", world.base)).header("x-forwarded-for", "203.0.113.7").json(&args).send().await.unwrap();
    assert_eq!(forged.status(), 429);
    assert_eq!(sign_in("ana@gemea.example", PASSWORD).await.0, 200, "others are not shut out");
    world.clock.turn(61_000);
    assert_eq!(sign_in("ana@loja.example", PASSWORD).await.0, 200);
    world.finish().await;
}

#[tokio::test]
async fn pages_carry_a_policy_and_are_framed_by_nobody() {
    let world = world().await;
    let policy = async |path: &str| {
        let answer = http().get(format!("{}{path}", world.base)).header(header::ACCEPT_LANGUAGE, "pt-BR").send().await.unwrap();
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        (answer.status().as_u16(), policy, answer.text().await.unwrap())
    };
    let (status, page, html) = policy("/login").await;
    assert_eq!(status, 200);
    for part in
        ["default-src 'none'", "script-src 'nonce-", "'wasm-unsafe-eval'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"]
    {
        assert!(page.contains(part), "{page}");
    }
    assert!(!page.contains("unsafe-inline") && !page.contains("'unsafe-eval'"), "{page}");
    let nonce = page.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    let scripts = html.matches("<script").count();
    assert!(scripts > 0 && html.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts, "every script carries this page's nonce");
    assert_ne!(policy("/login").await.1, page, "a nonce is used once");
    assert_eq!(policy("/nada/aqui").await.0, 404);
    // The widget's frame: any site while the inbox names none, then those it names and our own test page.
    let frame = format!("/widget/frame?inbox={}", world.here.token);
    assert!(policy(&frame).await.1.contains("frame-ancestors *"));
    let change = json!({ "allowed_domains": ["loja.example", "*.loja.example"] });
    let _: InboxDetail = world.here.ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": change })).await;
    let named = policy(&frame).await.1;
    assert!(
        named.ends_with(&format!(
            "frame-ancestors {} https://loja.example:* http://loja.example:* https://*.loja.example:* http://*.loja.example:*",
            world.base
        )),
        "{named}"
    );
    world.finish().await;
}

/// FAULTS 53.
#[tokio::test]
async fn a_sign_in_leads_to_our_own_pages_only() {
    let world = world().await;
    for (next, to) in
        [("/app/accounts/1/conversations", "/app/accounts/1/conversations"), ("//evil.example", "/"), ("https://evil.example", "/")]
    {
        let form = format!("email={}&password={PASSWORD}&next={next}", world.here.ana.email);
        let request =
            http().post(format!("{}/login", world.base)).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()[header::LOCATION].to_str().unwrap()), (303, to), "{next}");
    }
    // A wrong password does not forget where the person meant to go.
    let form = format!("email={}&password=errada-errada&next=/app/accounts/1/contacts", world.here.ana.email);
    let request = http().post(format!("{}/login", world.base)).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let back = request.send().await.unwrap().headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert_eq!(back, "/login?failed=wrong_credentials&next=%2Fapp%2Faccounts%2F1%2Fcontacts");
    world.finish().await;
}

#[tokio::test]
async fn the_widget_refuses_what_is_forged_foreign_or_too_large() {
    let world = world().await;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let code = async |visitor: &Visitor, path: &str, body: serde_json::Value| {
        visitor.post::<serde_json::Value>(path, body).await.unwrap_err().status.as_u16()
    };
    // FAULTS 56: another inbox's token, a guessed one, a message of a megabyte, an inbox that is not there.
    let elsewhere = world.visitor_of(&world.twin);
    let seen = json!({ "inbox": elsewhere.inbox(), "up_to": 1, "read": true });
    assert_eq!(code(&rui, "seen", seen).await, 401);
    let mut guess = world.visitor();
    guess.token = Some("A".repeat(43));
    assert_eq!(code(&guess, "typing", json!({ "inbox": rui.inbox(), "on": true })).await, 401);
    assert_eq!(code(&rui, "messages", rui.draft(&"x".repeat(10_001))).await, 422);
    let huge = http().post(format!("{}/widget/v1/messages", world.base)).body("x".repeat(2 * 1024 * 1024)).send().await.unwrap();
    assert!(huge.status().is_client_error(), "{}", huge.status());
    assert_eq!(code(&rui, "session", json!({ "inbox": "nada" })).await, 404);
    // Identity: a forged signature is refused, also where none is demanded; another's history needs proof.
    let detail: InboxDetail = world.here.ana.ok("inbox", json!({ "inbox": world.here.inbox })).await;
    let claim = |hash: &str| json!({ "inbox": rui.inbox(), "identity": { "identifier": "user-4411", "hash": hash, "name": "Rui" } });
    assert_eq!(code(&world.visitor(), "session", claim(&"0".repeat(64))).await, 403);
    let right = hmac_of(&detail.website.unwrap().identity_key, "user-4411");
    let known: VisitorSession = rui.post("session", claim(&right)).await.unwrap();
    let mut phone = world.visitor();
    phone.token = known.token.clone();
    let thread = phone.hello().await.thread.unwrap();
    assert_eq!(thread.messages[0].text, "oi", "what was written anonymously comes along");
    assert_eq!(code(&rui, "typing", json!({ "inbox": rui.inbox(), "on": true })).await, 401, "the anonymous token is dead");
    // Another device proves the same person and sees the same thread.
    let tablet: VisitorSession = world.visitor().post("session", claim(&right)).await.unwrap();
    assert_eq!(tablet.thread.unwrap().messages.len(), 1);
    // Demanded identity: nobody anonymous comes in any more.
    let _: InboxDetail =
        world.here.ana.ok("update_inbox", json!({ "inbox": world.here.inbox, "change": { "identity_required": true } })).await;
    let stranger = world.visitor();
    assert_eq!(code(&stranger, "messages", stranger.draft("oi")).await, 403);
    assert_eq!(code(&stranger, "session", json!({ "inbox": stranger.inbox() })).await, 403);
    world.finish().await;
}

fn hmac_of(key: &str, text: &str) -> String {
    use hmac::{Hmac, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn ten_thousand_new_visitors_are_not_ten_thousand_conversations() {
    let world = world().await;
    let mut refused = 0;
    for _ in 0..610 {
        let visitor = world.visitor();
        if let Err(error) = visitor.post::<VisitorSent>("messages", visitor.draft("spam")).await {
            assert_eq!(error.status, 429);
            refused += 1;
        }
    }
    assert_eq!(refused, 10);
    world.finish().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_words_everybody_parses() {
    let world = world().await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    for path in ["rpc/sign_in", "rpc/desk", "widget/v1/session", "widget/v1/messages"] {
        for body in ["{bad", "{}", "[1,2", deep.as_str(), "{\"email\":1}"] {
            let request =
                http().post(format!("{}/{path}", world.base)).header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let fault: FaultBody = answer.json().await.unwrap_or_else(|e| panic!("{path} {status}: {e}"));
            assert_eq!((status.as_u16(), fault.code), (422, FaultCode::Invalid), "{path}");
        }
    }
    world.finish().await;
}

#[tokio::test]
async fn health_and_metrics_answer_and_carry_nobody() {
    let world = world().await;
    let mut rui = world.visitor();
    rui.writes("segredo-da-mensagem").await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(http().get(format!("{}{path}", world.base)).send().await.unwrap().status(), 200);
    }
    let text = http().get(format!("{}/metrics", world.base)).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("recado_http_requests_total") && text.contains("recado_streams"), "{text}");
    for secret in ["segredo-da-mensagem", world.here.ana.email.as_str(), rui.token.as_deref().unwrap(), world.here.token.as_str()] {
        assert!(!text.contains(secret));
    }
    world.finish().await;
}
