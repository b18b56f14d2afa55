//! Every text that a trace shows, wherever it stands. Whatever is added to a trace has to be looked at here, or
//! this does not compile.

use crate::trace::{
    Audit, CallRecord, Entry, Failure, LogLine, Message, SideEffects, Trace, UserSees,
};
use crate::value::{Map, Text, Value};

/// Shows every text of a trace to `see`.
pub fn texts_of(trace: &Trace, see: &mut impl FnMut(&str)) {
    let Trace {
        entries,
        ending: _,
        terminal,
        reason,
        halted_at,
        error,
        user_sees,
        flow_ms: _,
        budget_ms: _,
        state,
        event,
        audit,
        side_effects,
        harness_failure,
    } = trace;
    for entry in entries {
        of_entry(entry, see);
    }
    for text in [terminal, reason, halted_at] {
        of_text(text, see);
    }
    for failure in [error, harness_failure] {
        of_failure(failure.as_ref(), see);
    }
    match user_sees {
        UserSees::Message(message) => see(message),
        UserSees::Success | UserSees::GenericError | UserSees::Prompt(_) => {}
    }
    of_pairs(state, see);
    of_value(event, see);
    for Audit {
        kind,
        outcome: _,
        flow,
        block,
        data,
    } in audit
    {
        see(kind);
        see(flow);
        of_text(block, see);
        of_value(data, see);
    }
    of_side_effects(side_effects, see);
}

fn of_entry(entry: &Entry, see: &mut impl FnMut(&str)) {
    let Entry {
        block,
        kind: _,
        status: _,
        continued: _,
        start_ms: _,
        duration_ms: _,
        branch,
        reads,
        writes,
        logs,
        logs_dropped: _,
        calls,
        error,
        entries,
    } = entry;
    see(block);
    of_text(branch, see);
    for (path, value) in reads {
        see(path);
        if let Some(value) = value {
            of_value(value, see);
        }
    }
    of_pairs(writes, see);
    for LogLine {
        level: _,
        message,
        data,
    } in logs
    {
        see(message);
        if let Some(data) = data {
            of_value(data, see);
        }
    }
    for call in calls {
        of_call(call, see);
    }
    of_failure(error.as_ref(), see);
    for entry in entries {
        of_entry(entry, see);
    }
}

fn of_call(call: &CallRecord, see: &mut impl FnMut(&str)) {
    let CallRecord {
        mock,
        method,
        url,
        status: _,
        fault,
        start_ms: _,
        duration_ms: _,
    } = call;
    of_text(mock, see);
    see(method);
    see(url);
    of_text(fault, see);
}

fn of_side_effects(side_effects: &SideEffects, see: &mut impl FnMut(&str)) {
    let SideEffects {
        session_issued: _,
        session_revoked: _,
        emails,
        messages,
        app_metadata,
        custom_claims,
        identities_created,
        identities_updated,
    } = side_effects;
    for Message {
        channel,
        template,
        to,
    } in emails.iter().chain(messages)
    {
        see(channel);
        see(template);
        of_text(to, see);
    }
    of_map(app_metadata, see);
    of_map(custom_claims, see);
    for value in identities_created.iter().chain(identities_updated) {
        of_value(value, see);
    }
}

fn of_failure(mut failure: Option<&Failure>, see: &mut impl FnMut(&str)) {
    while let Some(Failure {
        code: _,
        message,
        at,
        cause,
    }) = failure
    {
        see(message);
        of_text(at, see);
        failure = cause.as_deref();
    }
}

fn of_text(text: &Option<Text>, see: &mut impl FnMut(&str)) {
    if let Some(text) = text {
        see(text);
    }
}

fn of_pairs(pairs: &[(Text, Value)], see: &mut impl FnMut(&str)) {
    for (key, value) in pairs {
        see(key);
        of_value(value, see);
    }
}

fn of_map(map: &Map, see: &mut impl FnMut(&str)) {
    for (key, value) in map.iter() {
        see(key);
        of_value(value, see);
    }
}

fn of_value(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Text(text) => see(text),
        Value::List(items) => {
            for item in items.iter() {
                of_value(item, see);
            }
        }
        Value::Map(map) => of_map(map, see),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {}
    }
}
