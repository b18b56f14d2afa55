//! Runs a flow. Sans-I/O and total: no clock, sleep, socket, file, environment or randomness in here.
//! A `Run` is a state machine; it hands out effects (calls, wake-ups, prompts) and is resumed with what
//! came of them and the flow time. Any checked program in any world ends in a trace with one ending.

mod blocks;
mod calls;
mod conclude;
mod effect;
mod facts;
mod guard;
mod identity;
pub mod planted;
mod program;
mod prompt;
mod record;
mod run;
mod script;
mod script_end;
mod script_turn;
mod seal;
mod seed;
mod state;
mod step;
mod task;
mod when;
mod world;

pub use effect::{
    Answer, CallFault, CallId, CallOutcome, Class, Effect, HttpAnswer, Prompt, Request, Resume,
    Routed, WakeId,
};
pub use guard::admit;
pub use identity::{Device, Identity, IdentityStatus};
pub use program::{Arm, Library, LinkError, Node, NodeId, Program, Routine, Step, Work};
pub use run::Run;
pub use seed::{derive, id};
pub use when::When;
pub use world::{Fault, FaultKind, Input, PasswordInput, RefreshToken, World};
