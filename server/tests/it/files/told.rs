//! A photograph is given out without what tells where and by whom it was taken, whichever way it came.

use super::sent;
use crate::world::{http, key, world};
use model::*;

const SECRET: &[u8] = b"GPS 23S 46W Maria";

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET)
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &u16::try_from(body.len() + 2).unwrap().to_be_bytes(), body].concat()
}

/// Three by two pixels, lying on its side, from a telephone that knows where it is.
fn photo() -> Vec<u8> {
    let turn = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let (tags, frame) = (segment(0xe1, &[turn, SECRET].concat()), segment(0xc0, &[8, 0, 2, 0, 3, 1, 1, 0x11, 0]));
    [b"\xff\xd8", &tags[..], &segment(0xfe, SECRET), &frame, &segment(0xda, &[1, 1, 0, 0, 63, 0]), b"dots\xff\xd9", SECRET].concat()
}

#[tokio::test]
async fn a_photograph_tells_nobody_where_it_was_taken() {
    let world = world().await;
    let ana = &world.here.ana;
    let path = sent(&world, "foto.jpg", photo()).await;
    let answer = ana.get(&path).await;
    let (length, kind) = (answer.content_length().unwrap(), answer.headers()["content-type"].to_str().unwrap().to_owned());
    let given = answer.bytes().await.unwrap();
    assert_eq!((length, kind.as_str()), (given.len() as u64, "image/jpeg"));
    assert!(!holds(&given) && given.ends_with(b"dots\xff\xd9"), "{}", given.escape_ascii());
    assert!(given.windows(12).any(|window| window == b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"), "it is still turned");
    let number = ana.list(ListFilter::default()).await.remove(0).conversation.number;
    let thread = ana.thread(number).await;
    let shown = thread.messages.rows.iter().find_map(|message| message.files.first()).unwrap();
    assert_eq!((shown.width, shown.height, shown.size), (Some(2), Some(3), given.len() as i64), "what is kept, as it is shown");

    let picture = reqwest::multipart::Part::bytes(photo()).file_name("eu.jpg");
    let form = reqwest::multipart::Form::new().part("photo", picture);
    let set = http().post(format!("{}/profile/photo", world.base)).header("cookie", &ana.cookie).multipart(form);
    assert_eq!(set.send().await.unwrap().status(), 200);
    let address = format!("{}/widget/v1/files?inbox={}&draft={}&name=foto.jpg", world.base, world.here.token, key());
    let visitors = http().post(address).header("origin", &world.base).body(photo()).send().await.unwrap();
    assert_eq!(visitors.status(), 200, "{:?}", visitors.text().await);

    let kept = super::sweep::all(&world.files);
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|file| !holds(&std::fs::read(file).unwrap())), "nor does it lie here");
    world.finish().await;
}
