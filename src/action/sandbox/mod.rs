//! The JavaScript sandbox: runs one compiled action, turn by turn, without a clock, a thread or a socket.
//! All `unsafe` of the project is below here. Each run starts from a photograph of a machine that was built
//! once, so nothing leaks from run to run, and equal runs are equal to the last byte (ACT-6, DET-3).

mod api;
mod compile;
mod convert;
mod failure;
mod fetch;
mod heap;
mod host;
mod js;
mod machine;
mod natives;
mod random;
mod response;
mod session;
mod web;

pub use compile::{SyntaxError, compile};
pub use session::Session;

/// Sets the time zone of the process to UTC, which is that of every run (ACT-7).
///
/// # Safety
///
/// Call it first in `main`: no other thread may exist yet, since threads may read the environment.
pub unsafe fn use_utc() {
    // SAFETY: the caller says that no other thread exists.
    unsafe { std::env::set_var("TZ", "UTC") }
}
