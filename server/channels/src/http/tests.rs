//! The client against a stand-in: where it may go, how far it follows, how much it reads.

use super::*;
use crate::tests::provider::{Answer, Provider};

fn strict() -> Http {
    Http::new(Allow::default(), Duration::from_secs(1)).unwrap()
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    let port = Provider::start(Vec::new()).await.base.rsplit_once(':').unwrap().1.to_owned();
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "0",
        "169.254.169.254",
    ] {
        let said = strict().get(&format!("http://{host}:{port}/")).send().await;
        assert_eq!(said.unwrap_err(), HttpError::Blocked, "{host}");
    }
    for odd in ["file:///etc/passwd", "gopher://x/", "https://user:pass@example.com/", "nonsense", "", "https://"] {
        assert_eq!(strict().get(odd).send().await.unwrap_err(), HttpError::Malformed, "{odd}");
    }
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let far = "http://10.0.0.1/secret".to_owned();
    let near = Provider::start(vec![
        Answer::Raw(302, vec![("location", far)], vec![]),
        Answer::Raw(302, vec![("location", "file:///x".into())], vec![]),
    ])
    .await;
    assert_eq!(near.http.get(&near.base).send().await.unwrap_err(), HttpError::Blocked);
    assert_eq!(near.http.get(&near.base).send().await.unwrap_err(), HttpError::Malformed);
}

#[tokio::test]
async fn a_name_the_operator_allows_may_be_private() {
    let near = Provider::start(vec![Answer::Raw(200, vec![], b"ok".to_vec())]).await;
    let port = near.base.rsplit_once(':').unwrap().1;
    let http = Http::new(Allow { hosts: vec!["localhost".into()], ..Allow::default() }, Duration::from_secs(1)).unwrap();
    assert_eq!(&http.get(&format!("http://localhost:{port}/")).bearer("t").send().await.unwrap().body[..], b"ok");
}

#[tokio::test]
async fn credentials_never_travel_in_the_clear() {
    assert_eq!(strict().get("http://example.com/").bearer("t").send().await.unwrap_err(), HttpError::Malformed);
    assert_eq!(strict().get("http://example.com/bot42:secret/getMe").confidential().send().await.unwrap_err(), HttpError::Malformed);
}

#[tokio::test]
async fn nothing_is_read_beyond_the_cap() {
    let big = || Answer::Raw(200, vec![], vec![b'x'; 1000]);
    let near = Provider::start(vec![big(), big()]).await;
    assert_eq!(near.http.get(&near.base).cap(999).send().await.unwrap_err(), HttpError::TooLarge);
    assert_eq!(near.http.get(&near.base).cap(1000).send().await.unwrap().body.len(), 1000);
    let near = Provider::start(vec![big()]).await;
    assert!(matches!(near.http.post(&near.base).cap(999).send().await.unwrap_err(), HttpError::Unknown(_)), "it may have been taken");
}

#[tokio::test]
async fn redirects_end_and_posts_are_not_followed() {
    let away = || Answer::Raw(302, vec![("location", "/again".into())], vec![]);
    let near = Provider::start((0..20).map(|_| away()).collect()).await;
    assert_eq!(near.http.get(&near.base).send().await.unwrap().status, 302);
    assert_eq!(near.requests().len(), HOPS + 1);
    assert_eq!(near.http.post(&near.base).send().await.unwrap().status, 302);
    assert_eq!(near.requests().len(), HOPS + 2);
}

#[tokio::test]
async fn what_may_have_left_is_told_from_what_did_not() {
    let near = Provider::start(vec![Answer::Silence, Answer::Silence]).await;
    let url = near.base.clone();
    assert!(matches!(near.http.post(&url).send().await.unwrap_err(), HttpError::Unknown(_)));
    assert!(matches!(near.http.get(&url).send().await.unwrap_err(), HttpError::NotSent(_)), "a question may be asked again");
}
