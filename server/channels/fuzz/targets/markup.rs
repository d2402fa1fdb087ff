//! Any words as the HTML of a mail: nothing of it runs or loads, and what was cleaned once is clean.
#![no_main]

libfuzzer_sys::fuzz_target!(|html: &str| channels::email::checks::wash(html));
