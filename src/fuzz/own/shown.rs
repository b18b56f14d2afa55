//! What a scenario must go on showing while it is made smaller.

use super::attempt::{Faults, ending, with};
use crate::scenario::Edit;
use crate::trace::Ending;
use crate::trial::Trial;
use crate::workspace::Workspace;
use serde_json::Value;

/// What must stay as it is: how the run ends without, and with the edits and faults.
pub struct Shown<'a> {
    /// Where references lead.
    pub workspace: &'a Workspace,
    /// In this order.
    pub edits: &'a [Edit],
    /// With these faults.
    pub faults: &'a Faults,
    /// Without and with them.
    pub endings: [Ending; 2],
    /// Whether the faults are injected in both, and only the order differs.
    pub faults_in_both: bool,
}

impl Shown<'_> {
    /// Whether a document shows it.
    pub fn by(&self, document: &Value) -> bool {
        let none = Faults::new();
        let before = if self.faults_in_both {
            self.faults
        } else {
            &none
        };
        let ends = |edits: &[Edit], faults: &Faults| {
            let trial = Trial::read(with(document, edits, faults), self.workspace).ok()?;
            ending(&trial.outcome())
        };
        ends(&[], before) == Some(self.endings[0])
            && ends(self.edits, self.faults) == Some(self.endings[1])
    }
}
