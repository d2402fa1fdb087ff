//! A mailbox opened by consent: the way to the provider and back, tokens renewed before they end, and consent that is withdrawn. The provider's token
//! page and the mail servers are the test's own.

use super::mail::{MailServer, ORDER};
use crate::world::*;
use axum::Router;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use model::*;
use serde_json::json;
use server::config::Network;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// A provider's token page.
#[derive(Clone)]
struct Provider {
    asked: Arc<Mutex<Vec<HashMap<String, String>>>>,
    withdrawn: Arc<Mutex<bool>>,
    mail: MailServer,
}

async fn token(State(provider): State<Provider>, Form(form): Form<HashMap<String, String>>) -> Response {
    let count = {
        let mut asked = provider.asked.lock().unwrap();
        asked.push(form.clone());
        asked.len()
    };
    if *provider.withdrawn.lock().unwrap() {
        let body = json!({ "error": "invalid_grant", "error_description": "Token has been revoked" });
        return (http::StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
    }
    let access = format!("A{count}");
    // Whatever was given out before is good for nothing any more.
    *provider.mail.token.lock().unwrap() = access.clone();
    let mut body = json!({ "access_token": access, "expires_in": 3600, "token_type": "Bearer" });
    if form["grant_type"] == "authorization_code" {
        body["refresh_token"] = json!("R1");
        // {"email":"oi@loja.example"}
        body["id_token"] = json!("e30.eyJlbWFpbCI6Im9pQGxvamEuZXhhbXBsZSJ9.x");
    }
    axum::Json(body).into_response()
}

#[tokio::test]
async fn a_mailbox_is_opened_by_consent_until_it_is_withdrawn() {
    let server = MailServer::new();
    let (imap, smtp) = server.open().await;
    let provider = Provider { asked: Arc::default(), withdrawn: Arc::default(), mail: server.clone() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let pages = Router::new().route("/token", axum::routing::post(token)).with_state(provider.clone());
    tokio::spawn(async move { axum::serve(listener, pages).await });
    let world = world_with(|config| {
        config.egress.allow.push(Network::try_from("127.0.0.0/8".to_owned()).unwrap());
        let google = config.channels.get_mut("google").unwrap();
        for (key, value) in [("client_id", "app"), ("client_secret", "s3cret"), ("login_base", &place), ("token_base", &place)] {
            google.insert(key.to_owned(), serde_json::from_value(json!(value)).unwrap());
        }
    })
    .await;
    let ana = &world.here.ana;
    let cards: Vec<ChannelCard> = ana.ok("channels", json!({})).await;
    let card = cards.iter().find(|card| card.kind.0 == "email").unwrap();
    assert!(card.login && card.ways == ["google"], "only where the operator has an app: {:?}", card.ways);

    // There and back.
    let page: String = ana.ok("begin_login", json!({ "kind": "google", "inbox": null })).await;
    assert!(page.starts_with(&format!("{place}/o/oauth2/v2/auth?")) && page.contains("mail.google.com"), "{page}");
    let state = page.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let request = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let back = request.get(format!("{}/connect/google?state={state}&code=C1", world.base)).header("cookie", &ana.cookie);
    let landed = back.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate").send().await.unwrap();
    let landed = landed.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(landed, format!("/app/accounts/{}/settings/inboxes/new/email?login=choose", ana.account));
    let opened: LoginView = ana.ok("login_accounts", json!({})).await;
    assert_eq!((opened.kind.0.as_ref(), opened.names.as_slice()), ("email", &["oi@loja.example".to_owned()][..]));
    let first = provider.asked.lock().unwrap()[0].clone();
    assert_eq!((first["code"].as_str(), first["client_secret"].as_str()), ("C1", "s3cret"));
    assert_eq!(first["redirect_uri"], format!("{}/connect/google", world.base));

    // What the login opened, with servers of our own in place of Google's.
    let settings = json!({
        "name": "Suporte", "address": "oi@loja.example", "login": "google", "refresh_token": "R1",
        "imap_host": "127.0.0.1", "imap_port": imap.to_string(), "imap_security": "none",
        "smtp_host": "127.0.0.1", "smtp_port": smtp.to_string(), "smtp_security": "none",
    });
    let inbox: InboxDetail = ana.ok("create_inbox", json!({ "draft": { "kind": "email", "settings": settings } })).await;
    assert!(!inbox.settings.contains_key("refresh_token") && !inbox.settings.contains_key("access_token"), "tokens never reach a browser");
    let (_stop, stopped) = watch::channel(false);
    let service = world.service.clone();
    tokio::spawn(async move { service.run_mailboxes(stopped).await });
    server.waited(1).await;
    server.deliver(ORDER).await;
    world.settle().await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let before = provider.asked.lock().unwrap().len();
    ana.replies(row.id, "Chega hoje").await;
    world.settle().await;
    assert_eq!((server.sent().len(), provider.asked.lock().unwrap().len()), (1, before), "a good token is used again");

    // Five minutes before its end it is renewed; the relay takes nothing but the new one.
    world.clock.turn(56 * 60_000);
    ana.replies(row.id, "Chegou?").await;
    world.settle().await;
    assert_eq!((server.sent().len(), provider.asked.lock().unwrap().len()), (2, before + 1));
    let last = provider.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!((last["grant_type"].as_str(), last["refresh_token"].as_str()), ("refresh_token", "R1"));
    assert!(server.shown.lock().unwrap().last().unwrap().contains(&format!("Bearer A{}", before + 1)));

    // Withdrawn consent: nothing is lost, and a person is told.
    *provider.withdrawn.lock().unwrap() = true;
    world.clock.turn(60 * 60_000);
    let waiting = ana.replies(row.id, "Ainda aí?").await;
    world.settle().await;
    let now: InboxDetail = ana.ok("inbox", json!({ "inbox": inbox.inbox.id })).await;
    assert!(matches!(&now.inbox.state, InboxState::Reauthorise { words, .. } if words.contains("revoked")), "{:?}", now.inbox.state);
    let rows = ana.thread(row.number).await.messages.rows;
    assert_eq!(rows.iter().find(|m| m.id == waiting.id).unwrap().state, MessageState::Queued);
    assert_eq!(server.sent().len(), 2);

    // Given again, what waited leaves.
    *provider.withdrawn.lock().unwrap() = false;
    let again = json!({ "inbox": inbox.inbox.id, "change": { "settings": { "refresh_token": "R2" } } });
    let _: InboxDetail = ana.ok("update_inbox", again).await;
    world.clock.turn(61_000);
    world.settle().await;
    assert_eq!(server.sent().len(), 3);
    world.finish().await;
}
