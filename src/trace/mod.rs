//! What a run did: its entries, its one ending, and everything it would have done to the outside.
//! Plain data. How it is shown is `report`'s business, how it comes about is `engine`'s.

mod codes;
mod ending;
mod entry;
mod reading;
mod redact;

pub use codes::ErrorCode;
pub use ending::{Audit, AuditOutcome, Ending, Message, PromptKind, SideEffects, Trace, UserSees};
pub use entry::{CallRecord, Entry, Failure, Level, LogLine, Status};
pub use reading::nested;
pub use redact::{REDACTED, Redactor, TOKEN_DIGITS, TOKEN_PREFIX};
