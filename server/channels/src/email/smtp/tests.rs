//! The sender against scripted relays. The fixtures hold whole mails; these are the rules one by one.

use super::*;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

#[test]
fn failures_are_sorted_by_what_can_be_done() {
    let sorted = |stage, code, said: &str| sort(stage, code, said);
    assert!(matches!(sorted(Stage::Addressing, Some(451), "4.7.1 greylisted"), SmtpError::Retry(_)));
    assert!(matches!(sorted(Stage::Addressing, Some(550), "5.1.1 no such user"), SmtpError::Refused(_)));
    assert!(matches!(sorted(Stage::Delivering, Some(552), "5.3.4 too big"), SmtpError::TooLarge(_)));
    assert!(matches!(sorted(Stage::SigningIn, Some(535), "5.7.8 bad"), SmtpError::Reauthorise(_)));
    assert!(matches!(sorted(Stage::SigningIn, Some(454), "4.7.0 later"), SmtpError::Retry(_)));
    assert!(matches!(sorted(Stage::Addressing, Some(550), "5.7.30 Basic authentication is not supported"), SmtpError::Reauthorise(_)));
    assert!(matches!(sorted(Stage::Delivering, None, "reset"), SmtpError::Unknown(_)));
    assert!(matches!(sorted(Stage::Connecting, None, "refused"), SmtpError::Retry(_)));
}

#[test]
fn attempts_end_after_a_day() {
    let total: Duration = (0..).map_while(wait_before).sum();
    assert!((Duration::from_secs(20 * 3600)..=Duration::from_secs(24 * 3600)).contains(&total), "{total:?}");
}

/// A relay that answers each line as told; it hears everything and reports it at the end.
#[expect(clippy::disallowed_methods, reason = "the task ends with the test's own runtime")]
async fn relay(answers: impl Fn(&str) -> Option<&'static str> + Send + 'static) -> (Sender, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = tokio::task::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a caller");
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        let (mut heard, mut content) = (Vec::new(), false);
        writing.write_all(b"220 hi\r\n").await.expect("written");
        while let Ok(Some(line)) = lines.next_line().await {
            heard.push(line.clone());
            if content && line != "." {
                continue;
            }
            let answer = answers(&line);
            content = line == "DATA";
            let answer = match (&answer, line.as_str()) {
                (Some("hang up"), _) => break,
                (Some(answer), _) => answer,
                (None, "DATA") => "354 go on",
                (None, _) => "250 ok",
            };
            if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                break;
            }
        }
        heard
    });
    let login = None;
    let relay = Relay { host: "127.0.0.1".into(), port, tls: Tls::None, login, authority: None, hello: "desk.test".into() };
    (Sender::new(relay), heard)
}

fn mail() -> Written {
    Written {
        raw: b"Subject: x\r\n\r\n.dot\r\n".to_vec(),
        from: "a@desk.test".into(),
        recipients: vec!["b@c.test".into(), "d@e.test".into()],
    }
}

#[tokio::test]
async fn one_connection_serves_many_and_refusals_are_told_apart() {
    let (sender, heard) = relay(|line| line.starts_with("RCPT TO:<d@").then_some("550 5.1.1 unknown")).await;
    let accepted = sender.send(&mail()).await.expect("accepted");
    assert_eq!(accepted.refused.len(), 1);
    assert!(accepted.refused[0].0 == "d@e.test" && accepted.refused[0].1.contains("unknown"), "{accepted:?}");
    sender.send(&mail()).await.expect("accepted again");
    drop(sender);
    let heard = heard.await.expect("a dialogue");
    assert_eq!(heard.iter().filter(|line| line.starts_with("MAIL")).count(), 2);
    assert_eq!(heard.iter().filter(|line| line.starts_with("EHLO")).count(), 1);
    assert!(heard.contains(&"..dot".to_owned()));
}

#[tokio::test]
async fn a_connection_lost_after_the_content_is_unknown() {
    let (sender, _heard) = relay(|line| (line == ".").then_some("hang up")).await;
    assert!(matches!(sender.send(&mail()).await, Err(SmtpError::Unknown(_))));
    let (sender, _heard) = relay(|line| line.starts_with("MAIL").then_some("hang up")).await;
    assert!(matches!(sender.send(&mail()).await, Err(SmtpError::Retry(_))));
}

#[tokio::test]
async fn everybody_refused_is_refused() {
    let (sender, _heard) = relay(|line| line.starts_with("RCPT").then_some("550 5.1.1 unknown")).await;
    assert!(matches!(sender.send(&mail()).await, Err(SmtpError::Refused(why)) if why.contains("unknown")));
}

#[tokio::test]
async fn nothing_goes_unprotected() {
    let (sender, _heard) = relay(|_| None).await;
    let plain = Sender::new(Relay { host: "192.0.2.1".into(), ..sender.relay.clone() });
    assert!(matches!(plain.test().await, Err(SmtpError::Refused(_))));
    let upgraded = Sender::new(Relay { tls: Tls::StartTls, ..sender.relay.clone() });
    assert!(matches!(upgraded.test().await, Err(SmtpError::Refused(why)) if why.contains("STARTTLS")));
}

#[tokio::test]
async fn one_mail_after_another_finds_the_connection_open() {
    let (sender, heard) = relay(|_| None).await;
    let (relays, relay) = (Relays::default(), sender.relay.clone());
    for _ in 0..3 {
        relays.sender(relay.clone()).await.send(&mail()).await.expect("accepted");
    }
    let renewed = Relay { login: Some(Login::Token { user: "a".into(), token: "b".into() }), ..relay.clone() };
    assert!(!Arc::ptr_eq(&relays.sender(renewed).await, &relays.sender(relay).await), "another login is another connection");
    drop((sender, relays));
    let heard = heard.await.expect("a dialogue");
    let count = |word: &str| heard.iter().filter(|line| line.starts_with(word)).count();
    assert_eq!((count("EHLO"), count("MAIL")), (1, 3));
}
