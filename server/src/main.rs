//! The binary `recado`. Everything it does is in the library, where tests reach it.

use mimalloc::MiMalloc;

/// Returns freed pages to the system sooner than the system's own, which matters to a server that must idle small.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::run()
}
