//! Any bytes as a raw mail: read, folded, recognised, threaded, cleaned.
#![no_main]

libfuzzer_sys::fuzz_target!(|raw: &[u8]| channels::email::checks::survive(raw));
