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
