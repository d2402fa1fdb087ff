//! Marks, candidates and who may join. The fixtures hold whole mails; these are the rules one by one.

use super::*;

fn signer() -> Signer {
    Signer::new(b"a secret of the installation")
}

const KEY: &str = "8a6e2a8e6d434b8e9a500e2c0c1b5f11";

#[test]
fn our_marks_come_back_whatever_their_case() {
    let id = signer().message_id("m1", "c9", "desk.test");
    assert_eq!(signer().read_message_id(&id.to_uppercase()), Some(("m1".into(), "c9".into())));
    for purpose in [Purpose::Customer, Purpose::Agent] {
        let address = signer().reply_address(purpose, KEY, "desk.test");
        assert!(address.split('@').next().is_some_and(|local| local.len() <= 64), "{address}");
        assert_eq!(signer().read_address(&address.to_uppercase()), Some(Token { key: KEY.into(), signed: Some(purpose) }));
    }
    assert_eq!(signer().read_loop_mark(&signer().loop_mark("7")).as_deref(), Some("7"));
}

#[test]
fn forged_marks_are_nothing() {
    let id = signer().message_id("m1", "c9", "desk.test");
    assert_eq!(signer().read_message_id(&id.replace("c9", "c8")), None);
    assert_eq!(Signer::new(b"other").read_message_id(&id), None);
    assert_eq!(signer().read_address(&format!("reply+{KEY}.aaaaaaaaaaaaaaaa@desk.test")), None);
    assert_eq!(signer().read_address(&format!("reply+{KEY}.@desk.test")), None);
    assert_eq!(signer().read_address("reply+../../x@desk.test"), None);
    assert_eq!(signer().read_address(&format!("support+conv-{KEY}@desk.test")), Some(Token { key: KEY.into(), signed: None }));
}

#[test]
fn candidates_stand_best_first() {
    let ours = signer().message_id("m1", "c9", "desk.test");
    let raw = format!(
        "Delivered-To: reply+{KEY}@desk.test\nTo: support@desk.test\nSubject: Re: x\nIn-Reply-To: <{ours}>\nReferences: <a@x> <b@x> <{ours}>\n\nhi"
    );
    let found = candidates(&Mail::read(raw.as_bytes()), &[], &signer());
    let known = |id: &str| Candidate::Known { id: id.into(), direct: false };
    let expected = [
        Candidate::Token(Token { key: KEY.into(), signed: None }),
        Candidate::Ours { message: "m1".into(), conversation: "c9".into(), direct: true },
        known("b@x"),
        known("a@x"),
    ];
    assert_eq!(found, expected);
    assert_eq!(candidates(&Mail::read(b"Subject: Re: x\n\nhi"), &[], &signer()), []);
}

#[test]
fn strangers_join_only_with_a_reason() {
    let participants = ["ana@cust.test".to_owned(), "bob@gmail.com".to_owned()];
    let direct = Candidate::Known { id: "x".into(), direct: true };
    let mention = Candidate::Known { id: "x".into(), direct: false };
    let token = Candidate::Token(Token { key: KEY.into(), signed: None });
    let judge = |candidate: &Candidate, sender: &str, bulk| admit(candidate, &Address::bare(sender), &participants, bulk);
    assert_eq!(judge(&mention, "Ana@Cust.test", true), Admission::Member);
    assert_eq!(judge(&direct, "caio@cust.test", false), Admission::Guest);
    assert_eq!(judge(&direct, "eve@gmail.com", false), Admission::Apart);
    assert_eq!(judge(&mention, "caio@cust.test", false), Admission::Apart);
    assert_eq!(judge(&token, "eve@evil.test", false), Admission::Guest);
    assert_eq!(judge(&token, "news@evil.test", true), Admission::Apart);
}

#[test]
fn only_the_agent_speaks_for_the_agent() {
    let agent = Token { key: KEY.into(), signed: Some(Purpose::Agent) };
    let sender = Address::bare("lia@desk.test");
    assert!(speaks_for_agent(&agent, &sender, "Lia@desk.test", true));
    assert!(!speaks_for_agent(&agent, &sender, "lia@desk.test", false));
    assert!(!speaks_for_agent(&agent, &Address::bare("eve@evil.test"), "lia@desk.test", true));
    for signed in [None, Some(Purpose::Customer)] {
        assert!(!speaks_for_agent(&Token { key: KEY.into(), signed }, &sender, "lia@desk.test", true));
    }
}

#[test]
fn alignment_is_believed_of_our_own_host_only() {
    let mail = Mail::read(
        b"Authentication-Results: evil.test; dmarc=pass\nAuthentication-Results: in.desk.test 1;\n spf=pass; dmarc=fail (p=none)\n\nx",
    );
    assert_eq!(is_aligned(&mail, "in.desk.test"), Some(false));
    assert_eq!(is_aligned(&mail, "evil.test"), Some(true));
    assert_eq!(is_aligned(&mail, "other.test"), None);
}

#[test]
fn the_same_mail_has_the_same_fingerprint() {
    let of = |raw: &str| fingerprint(&Mail::read(raw.as_bytes()), raw.as_bytes());
    assert_eq!(of("Received: a\nX-Y: 1\n z\nFrom: a@b.c\n\nhi"), of("Received: b\nFrom: a@b.c\n\nhi"));
    assert_ne!(of("From: a@b.c\n\nhi"), of("From: a@b.c\n\nho"));
    assert_eq!(of("Message-ID: <x@y>\nFrom: a@b.c\n\nhi"), of("Message-ID: <x@y>\nFrom: A <a@b.c>\n\nhi footer"));
    assert_ne!(of("Message-ID: <x@y>\nFrom: a@b.c\n\nhi"), of("Message-ID: <x@y>\nFrom: b@b.c\n\nhi"));
}
