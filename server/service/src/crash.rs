//! Places where tests end the process as `kill -9` would: nothing is flushed, nothing is cleaned up. Outside tests they are not there.

/// Ends the process here when the test that started it says so.
#[inline]
pub fn point(name: &str) {
    if cfg!(feature = "crashpoints") && std::env::var("RECADO_CRASH_AT").is_ok_and(|at| at == name) {
        std::process::abort();
    }
}
