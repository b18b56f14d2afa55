//! Runs a flow. Sans-I/O and total: no clock, sleep, socket, file, environment or randomness in here.
//! A `Run` is a state machine; it hands out effects (calls, wake-ups, prompts) and is resumed with what
//! came of them and the flow time. Any checked program in any world ends in a trace with one ending.

mod effect;
mod identity;
mod world;

pub use effect::{
    Answer, CallFault, CallId, CallOutcome, Class, Effect, HttpAnswer, Prompt, Request, Resume,
    Routed, WakeId,
};
pub use identity::{Device, Identity, IdentityStatus};
pub use world::{Fault, FaultKind, Input, PasswordInput, RefreshToken, World};
