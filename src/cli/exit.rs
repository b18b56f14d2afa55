//! Exit codes: one table, and a test for each row of it in `tests/`.

use std::process::ExitCode;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything holds.
    Passed,
    /// 1: something does not hold: a scenario failed or is errored.
    Failed,
    /// 2: wrong usage, such as a PATH that does not exist.
    Usage,
    /// 3: a file of the workspace does not load; nothing was run.
    Unloadable,
    /// 4: the harness could not do its work, such as writing `--output`.
    Harness,
    /// 5: nothing was selected, which is no success.
    NothingSelected,
    /// 130: interrupted; what was finished is reported.
    Interrupted,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unloadable => 3,
            Exit::Harness => 4,
            Exit::NothingSelected => 5,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// Why a command ends before it has a result.
#[derive(Debug)]
pub struct Stop {
    /// How.
    pub exit: Exit,
    /// One sentence for standard error.
    pub message: String,
}

impl Stop {
    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Stop {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    /// The harness could not do its work.
    pub fn harness(message: impl Into<String>) -> Self {
        Stop {
            exit: Exit::Harness,
            message: message.into(),
        }
    }

    /// Nothing was selected.
    pub fn nothing(message: impl Into<String>) -> Self {
        Stop {
            exit: Exit::NothingSelected,
            message: message.into(),
        }
    }
}
