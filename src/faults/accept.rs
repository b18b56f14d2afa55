//! What the flow accepts: `allow: [{ fault: error, at: SLUG, reason: TEXT }]`. An entry is about a block by its path, or
//! about a `run_custom_flow` block, and then about every block inside whose failure that one lets pass.

use super::{Cell, Matrix, Row};
use crate::diagnostic::Diagnostic;
use crate::flow::{Allowance, Allowed};
use crate::trace::Redactor;
use crate::value::Text;

impl Matrix {
    /// Marks what is accepted, and tells what is accepted in vain.
    pub(super) fn accept(&mut self, redactor: Option<&Redactor>) {
        let flow = self.flow.clone();
        let mut used = vec![false; flow.allow.len()];
        for cell in &mut self.cells {
            let found = flow
                .allow
                .iter()
                .position(|one| accepts(one, cell, &self.rows));
            if let Some(position) = found {
                used[position] = true;
                let mut reason = flow.allow[position].reason.clone();
                if let Some(redactor) = redactor {
                    redactor.hide(&mut reason);
                }
                cell.accepted = Some(reason);
            }
        }
        // of a scenario that was not tried nobody knows
        let whole = self.scenarios.iter().all(|tried| tried.seen.is_ok());
        let unused = flow
            .allow
            .iter()
            .zip(used)
            .filter(|(_, used)| !used && whole);
        self.unused = unused.filter_map(|(one, _)| self.in_vain(one)).collect();
    }

    fn in_vain(&self, allowance: &Allowance) -> Option<Diagnostic> {
        let Allowed::Fault(word) = &allowance.what else {
            return None;
        };
        let at = &allowance.at;
        let warn = |title: String| Diagnostic::warning("unused_allowance", &allowance.span, title);
        // a block that is not there is the business of `check`
        let row = self.rows.iter().position(|row| row.path == *at)?;
        if self.reached(row) == 0 {
            let title = format!("no scenario reaches `{at}`, so that nothing shows its `{word}`");
            return Some(warn(title).fix("write a scenario that reaches it, or remove the entry"));
        }
        let title = format!("the flow does not fail open by `{word}` at `{at}`");
        Some(warn(title).fix("remove the entry"))
    }
}

fn accepts(allowance: &Allowance, cell: &Cell, rows: &[Row]) -> bool {
    let Some(opening) = &cell.opening else {
        return false;
    };
    let path: &Text = &rows[cell.row].path;
    let passes = |inner: &str| inner.starts_with('/') && opening.by == allowance.at;
    let about = *path == allowance.at || path.strip_prefix(&*allowance.at).is_some_and(passes);
    about && matches!(&allowance.what, Allowed::Fault(word) if **word == *cell.fault.name())
}
