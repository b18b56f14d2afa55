//! The binary: hands the arguments to the library and ends with its exit code.

use std::process::ExitCode;

/// A run makes many small allocations; the system's allocator takes twice the time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // SAFETY: no other thread has been started, so nothing reads the environment meanwhile.
    unsafe { flowproof::action::use_utc() };
    flowproof::cli::main()
}
