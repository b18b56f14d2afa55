//! The bound on work: one step for each node looked at and each item copied, more for long text. What it
//! stops is far beyond any sensible condition; the worst case takes seconds at most, never more.

use crate::expr::EvalError;

/// Steps of one evaluation.
const MAX_STEPS: u64 = 1_000_000;

/// How many bytes of text one step reads.
const READ: u64 = 64;

/// How many bytes of text one step writes: together at most 16 MB.
const WRITE: u64 = 16;

pub(super) struct Meter {
    left: u64,
}

impl Meter {
    pub fn new() -> Self {
        Meter { left: MAX_STEPS }
    }

    #[inline]
    pub fn pay(&mut self, steps: u64) -> Result<(), EvalError> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.exhaust()),
        }
    }

    #[cold]
    fn exhaust(&mut self) -> EvalError {
        self.left = 0;
        EvalError::new(format!(
            "the expression takes more than {MAX_STEPS} steps; look at fewer items or shorter text"
        ))
    }

    /// For looking at so many bytes of text.
    pub fn pay_reading(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.pay(bytes as u64 / READ)
    }

    /// For making so many bytes of text.
    pub fn pay_writing(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.pay(bytes as u64 / WRITE + 1)
    }

    /// Whether nothing is left: then no error may be taken for an absence.
    pub fn is_exhausted(&self) -> bool {
        self.left == 0
    }
}
