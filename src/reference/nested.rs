//! `run_custom_flow` (NEST): the parent waits, the nested run reads all it wrote, and leaves `custom.<flow>.*`.

use super::{Run, Site, Stop, Trouble};
use crate::flow::Block;
use crate::trace::{AuditOutcome, Ending, Entry, ErrorCode, Failure, Status};
use crate::value::{Map, Text, Value};

impl Run<'_> {
    pub(super) fn nested(
        &mut self,
        block: &Block,
        slug: &Text,
        site: &Site,
        entry: &mut Entry,
    ) -> Result<(), Trouble> {
        let Some(flow) = self.library.flow(slug) else {
            return Err(Trouble::failed(ErrorCode::CustomFlowError));
        };
        let inner = Site {
            flow: slug.clone(),
            outer: Some(site.path(block)),
            custom: Some(slug.clone()),
        };
        let parent = self.state.suspend();
        let mut entries = Vec::new();
        let ended = self.flow(flow, &inner, &mut entries);
        self.state.resume(parent);
        let left = self.state.custom.get(slug).and_then(Value::as_map);
        for (field, value) in left.into_iter().flat_map(Map::iter) {
            let key = Text::from(format!("custom.{slug}.{field}"));
            if wrote(&entries, field) {
                entry.writes.push((key, value.clone()));
            }
        }
        entry.entries = entries;
        let (result, outcome) = told(&ended);
        let data = [
            ("slug", Value::Text(slug.clone())),
            ("result", Value::text(result.name())),
        ];
        let data = data.into_iter().collect();
        self.note("custom_flow.invoked", outcome, site, block, data);
        match ended {
            Err(Stop::Allowed { .. }) => {
                self.write(block, site, entry, "outcome", "allowed".into());
                Ok(())
            }
            Ok(()) => {
                let code = ErrorCode::NoTerminal;
                Err(unexpected(Failure::new(code, code.meaning()), None))
            }
            Err(Stop::Failed { failure, deepest }) => Err(unexpected(failure, Some(deepest))),
            Err(stop) => Err(Trouble::Nested(stop)),
        }
    }
}

/// Whether one of the nested blocks wrote this field, seen by the flow.
fn wrote(entries: &[Entry], field: &str) -> bool {
    entries
        .iter()
        .filter(|entry| entry.status != Status::Detached)
        .flat_map(|entry| {
            let prefix = format!("step.{}.", entry.block.rsplit('/').next().unwrap_or(""));
            let keys = entry.writes.iter();
            keys.filter_map(move |(key, _)| key.strip_prefix(&prefix).map(str::to_owned))
        })
        .any(|own| own == field)
}

/// NEST-6
fn unexpected(cause: Failure, deepest: Option<(Text, Text, Failure)>) -> Trouble {
    let mut failure = Failure::new(
        ErrorCode::CustomFlowError,
        "Custom flow returned an unexpected error.",
    );
    failure.cause = Some(Box::new(cause));
    Trouble::Failed(failure, deepest)
}

/// NEST-7
fn told(ended: &Result<(), Stop>) -> (Ending, AuditOutcome) {
    match ended {
        Err(Stop::Allowed { .. }) => (Ending::Allowed, AuditOutcome::Success),
        Err(Stop::Denied { .. }) => (Ending::Denied, AuditOutcome::Denied),
        Ok(()) | Err(Stop::Failed { .. }) => (Ending::Failed, AuditOutcome::Failure),
        Err(Stop::TimedOut { .. }) => (Ending::TimedOut, AuditOutcome::Failure),
        Err(Stop::Suspended(_)) => (Ending::Suspended, AuditOutcome::Partial),
    }
}
