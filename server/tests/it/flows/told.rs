//! Being told beside the screen: by Web Push, through a push service of the test's own that believes nothing, and by mail.

use super::mail::MailServer;
use crate::world::*;
use axum::body::Bytes;
use axum::extract::State;
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, StatusCode, Uri};
use model::*;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};
use serde_json::{Value, json};
use server::config::Network;
use std::sync::{Arc, Mutex};

/// A push as it came: where to, and its sealed words.
type Push = (String, Vec<u8>);

/// A push service and the browsers behind it.
#[derive(Clone, Default)]
struct PushService {
    base: Arc<Mutex<String>>,
    /// The key browsers subscribed with: pushes are signed by it, or refused.
    key: Arc<Mutex<String>>,
    taken: Arc<Mutex<Vec<Push>>>,
    /// What it answers next instead of taking a push.
    answers: Arc<Mutex<Vec<(u16, &'static str)>>>,
    now: Arc<Mutex<i64>>,
}

/// A browser that subscribed. Its key opens one message, as many as any of these tests sends it.
struct Browser {
    private: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
    path: String,
}

/// HMAC-SHA-256, by which HKDF (RFC 5869) is spelled out here rather than taken from where the server takes it.
fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    use hmac::Mac;
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

async fn take(State(service): State<PushService>, uri: Uri, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap, String) {
    let refuse = |why: &str| (StatusCode::BAD_REQUEST, HeaderMap::new(), why.to_owned());
    if let Some((status, after)) = service.answers.lock().unwrap().pop() {
        let mut out = HeaderMap::new();
        if !after.is_empty() {
            out.insert("retry-after", after.parse().unwrap());
        }
        return (StatusCode::from_u16(status).unwrap(), out, String::new());
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    if header("content-encoding") != "aes128gcm" || header("ttl").parse::<u32>().is_err() || body.len() > 4096 {
        return refuse("not a push");
    }
    let topic = header("topic");
    if topic.len() > 32 || !topic.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        return refuse("no topic");
    }
    // RFC 8292: signed by the key the browser subscribed with, for this service, and not for long.
    let Some((token, key)) = header("authorization")
        .strip_prefix("vapid t=")
        .and_then(|rest| rest.split_once(", k=").map(|(t, k)| (t.to_owned(), k.to_owned())))
    else {
        return refuse("no proof");
    };
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
    let claims: Value = serde_json::from_slice(&read(parts[1])).unwrap();
    let signed = format!("{}.{}", parts[0], parts[1]);
    let proven = Verifier::new(&ECDSA_P256_SHA256_FIXED, read(&key)).verify(signed.as_bytes(), &read(parts[2])).is_ok();
    let now = *service.now.lock().unwrap() / 1000;
    let fresh = claims["exp"].as_i64().is_some_and(|exp| exp > now && exp <= now + 86_400);
    if !proven || !fresh || key != *service.key.lock().unwrap() || claims["aud"] != service.base.lock().unwrap().as_str() {
        return (StatusCode::FORBIDDEN, HeaderMap::new(), claims.to_string());
    }
    service.taken.lock().unwrap().push((uri.path().to_owned(), body.to_vec()));
    (StatusCode::CREATED, HeaderMap::new(), String::new())
}

impl PushService {
    async fn open(world: &World) -> Self {
        let service = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        *service.base.lock().unwrap() = format!("http://{}", listener.local_addr().unwrap());
        *service.now.lock().unwrap() = world.service.now().0;
        let router = axum::Router::new().fallback(take).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let answer = world.here.ana.raw("push_key", &json!({ "endpoint": null })).await;
        let (key, _): (String, bool) = answer.json().await.unwrap();
        *service.key.lock().unwrap() = key;
        service
    }

    /// A browser of somebody's.
    async fn browser(&self, of: &Agent, name: &str) -> Browser {
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &ring::rand::SystemRandom::new()).unwrap();
        let public = private.compute_public_key().unwrap().as_ref().to_vec();
        let browser = Browser { private, public, auth: [9; 16], path: format!("/send/{name}") };
        let draft = json!({ "endpoint": self.endpoint(&browser), "p256dh": BASE64URL_NOPAD.encode(&browser.public), "auth": BASE64URL_NOPAD.encode(&browser.auth) });
        assert_eq!(of.raw("subscribe_push", &json!({ "draft": draft })).await.status(), 200);
        browser
    }

    fn endpoint(&self, browser: &Browser) -> String {
        format!("{}{}", self.base.lock().unwrap(), browser.path)
    }

    async fn knows(&self, of: &Agent, browser: &Browser) -> bool {
        let answer = of.raw("push_key", &json!({ "endpoint": self.endpoint(browser) })).await;
        answer.json::<(String, bool)>().await.unwrap().1
    }

    /// How many pushes it took for a browser.
    fn count(&self, browser: &Browser) -> usize {
        self.taken.lock().unwrap().iter().filter(|(path, _)| *path == browser.path).count()
    }

    /// The only push for a browser, opened with its keys.
    fn opened(&self, browser: Browser) -> Value {
        let taken = self.taken.lock().unwrap();
        let bodies: Vec<_> = taken.iter().filter(|(path, _)| *path == browser.path).collect();
        assert_eq!(bodies.len(), 1, "{}", browser.path);
        let body = &bodies[0].1;
        let (salt, length, sender, sealed) = (&body[..16], body[20] as usize, &body[21..86], &body[86..]);
        assert_eq!(length, 65);
        agree_ephemeral(browser.private, &UnparsedPublicKey::new(&ECDH_P256, sender), |secret| {
            let first = mac(&browser.auth, &[secret]);
            let key = mac(&first, &[b"WebPush: info\0", &browser.public, sender, &[1]]);
            let second = mac(salt, &[&key]);
            let content = &mac(&second, &[b"Content-Encoding: aes128gcm\0", &[1]])[..16];
            let nonce = mac(&second, &[b"Content-Encoding: nonce\0", &[1]])[..12].try_into().unwrap();
            let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, content).unwrap());
            let mut sealed = sealed.to_vec();
            let plain =
                cipher.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).expect("it is for this browser");
            let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
            assert_eq!(plain[end], 2, "the last record");
            serde_json::from_slice(&plain[..end]).unwrap()
        })
        .unwrap()
    }
}

fn local(config: &mut server::config::Config) {
    config.egress.allow.push(Network::try_from("127.0.0.0/8".to_owned()).unwrap());
}

#[tokio::test]
async fn news_reach_a_browser_that_asked_unless_they_were_seen() {
    let world = world_with(local).await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia Lima", "bia@loja.example", Role::Administrator).await;
    let service = PushService::open(&world).await;
    let browser = service.browser(&bia, "bia").await;
    assert!(service.knows(&bia, &browser).await);
    assert!(!service.knows(ana, &browser).await, "a browser is one person's");
    let mut rui = world.visitor();
    rui.writes("Olá, o pedido chegou").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let assign = json!({ "conversation": row.id, "to": bia.user });

    // Time to see it on a screen: nothing leaves at once, and nothing at all when it was read.
    let _: () = ana.ok("assign", assign.clone()).await;
    world.settle().await;
    assert_eq!(service.count(&browser), 0);
    let _: () = bia.ok("mark_notification", json!({ "id": null, "read": true })).await;
    world.clock.turn(10_000);
    world.settle().await;
    assert_eq!(service.count(&browser), 0, "seen on a screen");

    let _: () = ana.ok("assign", json!({ "conversation": row.id, "to": null })).await;
    let _: () = ana.ok("assign", assign).await;
    world.clock.turn(10_000);
    service.answers.lock().unwrap().push((503, ""));
    service.answers.lock().unwrap().push((429, "120"));
    world.settle().await;
    world.clock.turn(100_000);
    world.settle().await;
    assert_eq!(service.answers.lock().unwrap().len(), 1, "it waits for as long as it was asked to");
    world.clock.turn(30_000);
    world.settle().await;
    world.clock.turn(60_000);
    world.settle().await;
    let said = service.opened(browser);
    assert_eq!((said["title"].as_str(), said["body"].as_str()), (Some("#1"), Some("Conversa atribuída a você: Olá, o pedido chegou")));
    assert_eq!(said["url"], format!("/app/accounts/{}/conversations/1", world.here.account));
    world.finish().await;
}

#[tokio::test]
async fn a_push_opens_its_message_and_a_browser_that_left_is_forgotten() {
    let world = world_with(local).await;
    let ana = &world.here.ana;
    let service = PushService::open(&world).await;
    let (first, second) = (service.browser(ana, "first").await, service.browser(ana, "second").await);
    let wanted = json!({ "assigned_message": { "app": false, "push": true, "mail": false } });
    let _: () = ana.ok("set_preferences", json!({ "wanted": wanted, "auto_offline": true })).await;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let _: () = ana.ok("assign", json!({ "conversation": row.id, "to": ana.user })).await;
    let mut news = ana.stream(ana.desk().await.seq).await;
    let said = rui.writes("Ainda <b>aí</b>?").await.message;
    // What is not for the app is not shown in it.
    news.until(|change| matches!(change, Change::Message { .. })).await;
    let told: Page<NotificationView> = ana.ok("notifications", json!({ "below": null })).await;
    assert!(told.rows.is_empty());
    assert_eq!(ana.desk().await.data.unread, 0);
    world.clock.turn(10_000);
    service.answers.lock().unwrap().push((410, ""));
    world.settle().await;
    let (gone, kept) = if service.count(&first) == 0 { (first, second) } else { (second, first) };
    assert!(!service.knows(ana, &gone).await && service.knows(ana, &kept).await, "410 ends a subscription (RFC 8030, 7.3)");
    let again = rui.writes("Alô").await.message;
    assert!(again.id > said.id);
    assert_eq!(service.opened(kept)["url"], format!("/app/accounts/{}/conversations/1?message={}", world.here.account, said.id));
    world.clock.turn(10_000);
    world.settle().await;
    assert_eq!(service.taken.lock().unwrap().len(), 2);

    // A session that ended is told nothing more.
    let third = service.browser(ana, "third").await;
    rui.writes("?").await;
    assert_eq!(ana.raw("sign_out", &json!({})).await.status(), 200);
    world.clock.turn(10_000);
    world.settle().await;
    assert_eq!(service.count(&third), 0);
    world.finish().await;
}

#[tokio::test]
async fn what_is_no_subscription_is_refused_and_no_neighbour_is_called() {
    let world = world().await;
    let ana = &world.here.ana;
    let key = BASE64URL_NOPAD.encode(&[&[4_u8][..], &[7; 64]].concat());
    let draft = |endpoint: &str, key: &str| json!({ "draft": { "endpoint": endpoint, "p256dh": key, "auth": "BTBZMqHH6r4Tts7J_aSIgg" } });
    for wrong in [draft("ftp://push.example/x", &key), draft("https://a@push.example/x", &key), draft("https://push.example/x", "curta")] {
        assert_eq!(ana.raw("subscribe_push", &wrong).await.status(), 422, "{wrong}");
    }
    // An address inside our own network is taken and never called.
    let inside = PushService::open(&world).await;
    let browser = inside.browser(ana, "inside").await;
    let wanted = json!({ "created": { "app": false, "push": true, "mail": false } });
    let _: () = ana.ok("set_preferences", json!({ "wanted": wanted, "auto_offline": true })).await;
    world.visitor().writes("oi").await;
    world.clock.turn(10_000);
    world.settle().await;
    assert!(inside.taken.lock().unwrap().is_empty() && !inside.knows(ana, &browser).await);
    world.finish().await;
}

#[tokio::test]
async fn news_come_by_mail_to_whoever_wants_them_so() {
    let server = MailServer::new();
    let (_, smtp) = server.open().await;
    let world = world_with(|config| {
        config.mail.from = "Recado <desk@recado.example>".to_owned();
        config.mail.smtp = format!("smtp://127.0.0.1:{smtp}?tls=none");
    })
    .await;
    let ana = &world.here.ana;
    let both = json!({ "app": true, "push": false, "mail": true });
    let _: () = ana.ok("set_preferences", json!({ "wanted": { "assigned_message": both }, "auto_offline": true })).await;
    let mut rui = world.visitor();
    rui.writes("oi").await;
    let row = ana.list(ListFilter::default()).await.remove(0).conversation;
    let _: () = ana.ok("assign", json!({ "conversation": row.id, "to": ana.user })).await;
    let said = rui.writes("Meu pedido sumiu").await.message;
    world.settle().await;
    assert!(server.sent().is_empty(), "there is time to see it on a screen");
    world.clock.turn(130_000);
    world.settle().await;
    let mail = server.sent().remove(0);
    assert_eq!((mail.to.clone(), mail.header("Auto-Submitted").as_deref()), (vec!["ana@loja.example".to_owned()], Some("auto-generated")));
    let text = mail.raw.replace("=\r\n", "").replace("=3D", "=");
    assert!(text.contains("Meu pedido sumiu"), "{text}");
    assert!(text.contains(&format!("/app/accounts/{}/conversations/1?message={}", world.here.account, said.id)), "{text}");

    // Several messages in a while are one mail; what was read is none.
    rui.writes("Alô?").await;
    world.clock.turn(60_000);
    rui.writes("Tem alguém?").await;
    world.clock.turn(70_000);
    world.settle().await;
    assert_eq!(server.sent().len(), 2);
    assert!(server.sent()[1].raw.contains("Tem algu"), "the latest words");
    rui.writes("Deixa").await;
    let _: () = ana.ok("mark_read", json!({ "conversation": row.id, "seen": 5, "unread": false })).await;
    world.clock.turn(130_000);
    world.settle().await;
    assert_eq!(server.sent().len(), 2);
    world.finish().await;
}
