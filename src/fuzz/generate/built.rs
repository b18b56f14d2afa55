//! A draft as the scenario that reading its document would give, without writing and reading it. A test holds both
//! ways against each other.

use super::draft::{Draft, Reply, Submitted};
use super::parts::{Parts, parts};
use crate::drive::Answers;
use crate::engine::RefreshToken;
use crate::flow::Flow;
use crate::latency::Latency;
use crate::mock::{self, CallRange, Mock, Mocks};
use crate::scenario::{Scenario, Subject, WrittenInput};
use crate::trace::Redactor;
use crate::value::{Map, Value, from_json_text};
use crate::workspace::Workspace;
use std::sync::Arc;

impl Draft<'_> {
    /// The scenario of this flow.
    pub fn scenario(&self, flow: &Arc<Flow>, workspace: &Workspace) -> Scenario {
        let parts = parts();
        let (preset, overlay) = self.request;
        let (request, client) = parts.request(preset, overlay);
        let mut answers = Answers::default();
        for (path, script) in &self.answers {
            answers.insert((*path).clone(), script.clone());
        }
        let switched = [(self.disable, false), (self.enable, true)];
        let switched = switched
            .into_iter()
            .filter_map(|(slug, enabled)| Some((slug?.into(), enabled)));
        let identity = self.identity.and_then(|name| workspace.identity(name));
        let mocks = self
            .mocks
            .iter()
            .map(|(host, replies)| mock(parts, *host, replies));
        Scenario {
            name: "generated".into(),
            case: None,
            span: parts.span.clone(),
            name_span: parts.span.clone(),
            description: None,
            tags: Vec::new(),
            flow: flow.clone(),
            edits: Vec::new(),
            written: parts.nothing.clone(),
            identity: identity.cloned().map(Subject::Named),
            request,
            client,
            profile: self.profile.clone(),
            input: input(&self.input),
            answers,
            clock_ms: None,
            seed: None,
            actions_enabled: switched.collect(),
            mocks: Arc::new(Mocks {
                list: mocks.collect(),
            }),
            outputs: by_path(&self.outputs),
            faults: by_path(&self.faults),
            expect: None,
            snapshot: None,
            snapshot_path: None,
        }
    }

    /// What hides in its world.
    pub fn redactor(&self) -> &'static Arc<Redactor> {
        &parts().redactors[usize::from(self.input.new_password.is_some())]
    }
}

fn by_path<T: Clone, M: FromIterator<(crate::value::Text, T)>>(
    blocks: &[(&crate::value::Text, T)],
) -> M {
    blocks
        .iter()
        .map(|(path, value)| ((*path).clone(), value.clone()))
        .collect()
}

fn mock(parts: &Parts, host: usize, replies: &[Reply]) -> Arc<Mock> {
    let (name, url) = parts.host(host);
    let reply = |reply: &Reply| mock::Reply {
        outcome: parts.reply(reply.reply),
        delay: reply.delay_ms.map(Latency::Fixed),
    };
    Arc::new(Mock {
        name,
        span: parts.span.clone(),
        method: None,
        url,
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        replies: replies.iter().map(reply).collect(),
        calls: CallRange::default(),
    })
}

fn input(submitted: &Submitted) -> WrittenInput {
    WrittenInput {
        identifier: submitted.identifier.map(Into::into),
        password: submitted.password.map(Into::into),
        new_password: submitted.new_password.map(Into::into),
        profile: submitted.profile.and_then(profile),
        refresh_token: submitted.refresh_token.map(|token| match token {
            "expired" => RefreshToken::Expired,
            _ => RefreshToken::Reused,
        }),
        session: submitted.session.map(Into::into),
    }
}

fn profile(text: &str) -> Option<Arc<Map>> {
    match from_json_text(text) {
        Ok(Value::Map(map)) => Some(map),
        _ => None,
    }
}
