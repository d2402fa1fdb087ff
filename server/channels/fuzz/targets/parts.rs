//! Any bytes as a part of a mail on its own: a winmail.dat, a calendar, a list of addresses, an encoded word, a text in any charset.
#![no_main]

use channels::email::{addresses, calendar, decode, header, tnef};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let (label, rest) = raw.split_at(raw.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let label = String::from_utf8_lossy(label);
    let _ = decode::text(rest, Some(label.as_ref()));
    let _ = (tnef::unpack(raw), calendar::read(&String::from_utf8_lossy(raw)), addresses(raw), header::phrase(raw));
    let _ = (decode::base64(rest), decode::quoted_printable(rest), decode::percent(rest), decode::flowed(&label, true));
});
