//! A finding as a scenario that a person reads: nothing in it that does not matter, what is expected is the safe
//! ending, and so it fails until the flow is put right.

use super::attempt::{Faults, Inject, Variant, attempt, with};
use super::run::{Raw, weight};
use super::search::{Base, Search};
use super::shown::Shown;
use super::{Kind, OwnFinding, Safe, over};
use crate::flow::{Allowed, Config, Mode, OnError};
use crate::scenario::Edit;
use crate::snapshot::change::change;
use crate::snapshot::text::{Source, canonical};
use crate::trace::{Ending, Trace};
use crate::trial::{Failing, Silence, Trial, smaller, with_assumed};
use crate::value::Text;
use serde_json::{Map, Value, json};

/// What followed from another order: so much of it is told.
const CONSEQUENCES: usize = 4;

/// The finding, if its scenario shows it when it is read again.
pub fn regression(search: &Search, raw: &Raw) -> Option<OwnFinding> {
    let worlds = match raw.base {
        Some(at) => search.worlds.get(at..=at)?,
        None => &search.worlds,
    };
    let faults_in_both = raw.kind == Kind::OrderDependence && !raw.faults.is_empty();
    let shown = Shown {
        workspace: &search.workspace,
        edits: &raw.edits,
        faults: &raw.faults,
        endings: raw.endings,
        faults_in_both,
    };
    let before = if faults_in_both {
        raw.faults.clone()
    } else {
        Faults::new()
    };
    let whole = |base: &Base| whole(search, raw, base, &before);
    let shows = |base: &Base| whole(base).filter(|document| shown.by(document));
    let (base, document) = worlds.iter().find_map(|base| Some((base, shows(base)?)))?;
    // what stands behind the cut has shown nothing yet
    let document = if raw.endings[0] == Ending::TimedOut {
        document
    } else {
        smaller(document, &mut |document| shown.by(document))
    };
    let traces = [
        trace(search, &with(&document, &[], &before))?,
        trace(search, &with(&document, &raw.edits, &raw.faults))?,
    ];
    let (title, why) = told(search, raw, base, &traces);
    let place = search.block(&raw.blocks[0]);
    Some(OwnFinding {
        kind: raw.kind,
        weight: weight(raw),
        document: finished(search, raw, document, &title, &traces[0]),
        span: place.map_or_else(
            || search.flow.slug.span.clone(),
            |one| one.block.slug.span.clone(),
        ),
        title,
        why,
        blocks: raw.blocks.clone(),
        number: raw.number,
        endings: raw.endings,
        edits: raw.edits.clone(),
        accepted: accepted(search, raw),
    })
}

/// The document of a world with mocks for what was assumed to be answered, without and with it.
fn whole(search: &Search, raw: &Raw, base: &Base, before: &Faults) -> Option<Value> {
    let variant = Variant::of(&search.flow, raw.edits.clone(), &search.workspace)?;
    let without = attempt(&base.trial, &search.plain.program, before);
    let with = attempt(&base.trial, &variant.program, &raw.faults);
    let document = with_assumed(&base.trial.document, &without.trace);
    Some(with_assumed(&document, &with.trace))
}

fn trace(search: &Search, document: &Value) -> Option<Trace> {
    let trial = Trial::read(document.clone(), &search.workspace).ok()?;
    Some(trial.outcome().trace)
}

/// The scenario with a name, what it is about, and what is expected.
fn finished(search: &Search, raw: &Raw, document: Value, title: &str, before: &Trace) -> Value {
    let mut whole = Map::new();
    whole.insert("scenario".into(), json!(plain(title)));
    whole.insert(
        "description".into(),
        json!(format!(
            "Found by `flowproof fuzz {}`.",
            search.flow.slug.value
        )),
    );
    whole.insert("tags".into(), json!(["regression", raw.kind.code()]));
    let edits: &[Edit] = match raw.safe {
        Safe::Author => &raw.edits,
        Safe::Other => &[],
    };
    let mut document = with(&document, edits, &raw.faults);
    uncounted(&mut document);
    for (key, value) in document.as_object().into_iter().flatten() {
        if key != "scenario" {
            whole.insert(key.clone(), value.clone());
        }
    }
    if search.workspace.settings.snapshot {
        // the trace of a flow that is not right yet is nothing to accept
        whole.insert("snapshot".into(), json!(false));
    }
    whole.insert("expect".into(), expected(raw, before));
    Value::Object(whole)
}

/// A run that stops where it should need not ask every service.
fn uncounted(document: &mut Value) {
    let mocks = document.get_mut("webhooks").and_then(Value::as_array_mut);
    for mock in mocks.into_iter().flatten().filter_map(Value::as_object_mut) {
        mock.shift_remove("calls");
    }
}

/// The safe ending: a refusal, of whatever kind, none that is cut by the budget, or what the same user gets in the order of the author.
fn expected(raw: &Raw, before: &Trace) -> Value {
    if raw.kind == Kind::OverBudget {
        // with a shorter timeout the slow block fails by itself, as its On error says
        if before.ending == Ending::TimedOut {
            // nobody knows how a run ends that was never seen to its end
            let others = [
                Ending::Allowed,
                Ending::Denied,
                Ending::Failed,
                Ending::Suspended,
            ];
            return json!({ "ending": { "any_of": others.map(Ending::name) } });
        }
        return json!({ "ending": { "any_of": [before.ending.name(), Ending::Failed.name()] } });
    }
    let opens = raw.endings[1] == Ending::Allowed || raw.safe == Safe::Other;
    if !opens {
        return json!({ "ending": before.ending.name() });
    }
    let mut refusals = vec![Ending::Denied.name(), Ending::Failed.name()];
    if before.ending == Ending::Suspended {
        refusals.push(Ending::Suspended.name());
    }
    json!({ "ending": { "any_of": refusals } })
}

/// What it is in one sentence, and why, with what to do.
fn told(search: &Search, raw: &Raw, base: &Base, traces: &[Trace; 2]) -> (String, String) {
    let who = match &base.trial.scenario.identity {
        Some(subject) => subject
            .identity()
            .name
            .as_deref()
            .unwrap_or("the user")
            .to_owned(),
        None => "the user".to_owned(),
    };
    match raw.kind {
        Kind::FailsOpen => fails_open(search, raw, &who, &traces[0]),
        Kind::OverBudget => over_budget(search, raw, &traces[1]),
        Kind::OrderDependence | Kind::ReadsBeforeWrites => order(search, raw, &who, traces),
    }
}

fn fails_open(search: &Search, raw: &Raw, who: &str, before: &Trace) -> (String, String) {
    let happens: Vec<String> = raw
        .faults
        .iter()
        .map(|(path, inject)| format!("`{path}` {}", inject.happens()))
        .collect();
    let passing = &raw.blocks[0];
    let detached = search
        .block(passing)
        .is_some_and(|one| one.block.mode == Mode::FireAndForget);
    let disproved = raw.faults.values().any(|one| *one == Inject::Disproof);
    let (cause, fix) = if disproved {
        return disproof(who, passing);
    } else if detached {
        (
            "is `mode: fire_and_forget`, so that nobody waits for its verdict",
            "write `mode: sync`",
        )
    } else if is_continued(search, passing) && !is_silent(raw) {
        (
            "is `on_error: continue`, so that the flow goes on as if it had passed",
            "write `on_error: halt`, or deny where what it writes is absent",
        )
    } else {
        unheard(search, raw)
    };
    let gets = match before.ending {
        Ending::Denied => format!(
            "{who} gets in, whom the flow denies otherwise (`{}`)",
            before.reason.as_deref().unwrap_or("denied")
        ),
        Ending::Suspended => format!("{who} gets in without an answer to the prompt"),
        Ending::Allowed | Ending::Failed | Ending::TimedOut => {
            "whoever it would have stopped gets in".to_owned()
        }
    };
    let title = format!("when {}, {gets}", happens.join(" and "));
    (title, format!("`{passing}` {cause}: {fix}"))
}

fn disproof(who: &str, path: &str) -> (String, String) {
    let slug = path.rsplit('/').next().unwrap_or_default();
    (
        format!("when `{path}` finds a wrong answer, {who} gets in all the same"),
        format!(
            "`{path}` only says whether the answer was right, and nobody is stopped by that: deny when \
             `!step.{slug}.verified`"
        ),
    )
}

fn is_silent(raw: &Raw) -> bool {
    let mut faults = raw.faults.values();
    faults.any(|one| matches!(one, Inject::Silence(_)))
}

/// A failure that the block itself does not have.
fn unheard(search: &Search, raw: &Raw) -> (&'static str, &'static str) {
    if !is_silent(raw) {
        return (
            "does not stop the flow then",
            "deny where what it writes is absent",
        );
    }
    let block = search.block(&raw.blocks[0]).map(|one| &one.block.config);
    let of_action = matches!(block, Some(Config::RunCustomAction { .. }));
    let silences = raw.faults.values().filter_map(Inject::silence);
    let failing: Vec<Failing> = silences.map(Silence::failing).collect();
    let lacks = failing
        .iter()
        .any(|one| matches!(one, Failing::Empty | Failing::Bare));
    if of_action && lacks {
        (
            "goes on without what it looks for in the answer",
            "let it throw, or call `api.deny`, where the answer lacks it",
        )
    } else if lacks {
        (
            "gets an answer without what the flow looks for in it",
            "read `step.<slug>.body` without `has()`, or deny where the path is absent",
        )
    } else if of_action {
        (
            "goes on when a request of its own fails",
            "let it throw, or call `api.deny`, where it has no answer",
        )
    } else if failing.contains(&Failing::Continued) {
        (
            "is `on_error: continue`, and has written the status of an error before it fails",
            "write `on_error: halt`, or deny unless the status is a good one",
        )
    } else {
        (
            "takes the error of a service for its answer",
            "leave such statuses out of `ok_status`, with `fail_on_status: true`, or deny where the answer is absent",
        )
    }
}

fn is_continued(search: &Search, path: &str) -> bool {
    search
        .block(path)
        .is_some_and(|one| one.block.on_error == OnError::Continue)
}

fn over_budget(search: &Search, raw: &Raw, after: &Trace) -> (String, String) {
    let names = named(&raw.blocks);
    let cut = after.halted_at.as_deref().unwrap_or("the flow");
    let budget = crate::profile::duration_text(after.budget_ms);
    if raw.faults.is_empty() {
        return (
            format!("nobody gets in within the budget: the run is cut at `{cut}`"),
            format!(
                "the blocks up to `{cut}` take more than the {budget}. Shorten them, or detach an action"
            ),
        );
    }
    let states = |path: &Text| {
        search
            .block(path)
            .is_some_and(|one| over::is_stated(one.block))
    };
    let (each, leave) = match (raw.blocks.as_slice(), raw.blocks.iter().any(states)) {
        ([_], false) => ("its timeout", "leaves"),
        ([_], true) => ("its `latency`", "leaves"),
        (_, false) => ("their timeouts", "leave"),
        (_, true) => ("their timeouts and `latency`", "leave"),
    };
    let title = format!(
        "{names} can exhaust the budget within {}",
        each.replace('`', "")
    );
    (
        title,
        format!(
            "slow, but not too slow for {each}, {names} {leave} nothing of the {budget}: the run is cut at `{cut}`, whatever \
             On error says. Shorten {each}"
        ),
    )
}

fn order(search: &Search, raw: &Raw, who: &str, traces: &[Trace; 2]) -> (String, String) {
    let moves: Vec<String> = raw.edits.iter().map(moved).collect();
    let [before, after] = traces;
    let ending = |trace: &Trace| match (&trace.reason, trace.ending) {
        (Some(reason), Ending::Denied | Ending::Failed) => {
            format!("{} (`{reason}`)", trace.ending.name())
        }
        _ => trace.ending.name().to_owned(),
    };
    let faults: Vec<String> = raw
        .faults
        .iter()
        .map(|(path, inject)| format!(" when `{path}` {}", inject.happens()))
        .collect();
    let title = format!(
        "{}: {who} ends {} instead of {}{}",
        moves.join(", "),
        ending(after),
        ending(before),
        faults.concat()
    );
    let because = change(&text(search, before), &text(search, after)).map(|change| {
        // the title tells the ending
        let blocks = change
            .therefore
            .iter()
            .filter(|line| line.starts_with('`') && !line.ends_with("in the order"));
        let blocks: Vec<&str> = blocks.take(CONSEQUENCES).map(String::as_str).collect();
        match blocks.as_slice() {
            [] => change.first,
            blocks => format!("{}; therefore {}", change.first, blocks.join(", ")),
        }
    });
    let because = because.unwrap_or_default();
    let fix = match (raw.kind, raw.safe) {
        (Kind::ReadsBeforeWrites, _) => "`check` refuses this order",
        (_, Safe::Other) => {
            "the block that stands first reads what the other one writes: move it behind"
        }
        (_, Safe::Author) => {
            "keep the order, or let the reader fail closed: read `step.<slug>.<field>` without `has()`, or deny where it \
             is absent"
        }
    };
    (title, format!("{because}. {}", capital(fix)))
}

fn moved(edit: &Edit) -> String {
    match edit {
        Edit::Move {
            moved,
            place,
            target,
        } => {
            let side = match place {
                crate::scenario::Place::Before => "before",
                crate::scenario::Place::After => "after",
            };
            format!("`{moved}` {side} `{target}`")
        }
        Edit::Set { block, .. } => format!("other settings of `{block}`"),
    }
}

fn text(search: &Search, trace: &Trace) -> String {
    canonical(&Source {
        slug: &search.flow.slug.value,
        flow: Some(&search.flow),
        flows: &|slug| search.workspace.flow(slug).map(|flow| &**flow),
        departures: crate::value::Map::new(),
        trace,
        sent: Vec::new(),
    })
}

fn named(blocks: &[Text]) -> String {
    let names: Vec<String> = blocks.iter().map(|block| format!("`{block}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}

/// As the name of a scenario.
fn plain(title: &str) -> String {
    title.replace('`', "")
}

/// The author has accepted it, in the file of the flow or of the custom flow that holds the block: every fault at its
/// block, or the kind of finding at one of the blocks.
fn accepted(search: &Search, raw: &Raw) -> Option<Text> {
    let allows = |path: &Text, what: &Allowed| {
        let nested = search.block(path).map(|one| one.flow);
        let slug = path.rsplit('/').next().unwrap_or_default();
        let own = search
            .flow
            .allow
            .iter()
            .filter(|one| one.at == *path || *one.at == *slug);
        let inner = nested
            .into_iter()
            .flat_map(|flow| &flow.allow)
            .filter(|one| *one.at == *slug);
        own.chain(inner)
            .find(|one| one.what == *what)
            .map(|one| one.reason.clone())
    };
    let of_kind = Allowed::Lint(raw.kind.code().into());
    if let Some(reason) = raw.blocks.iter().find_map(|path| allows(path, &of_kind)) {
        return Some(reason);
    }
    // `check` has a word of its own for it
    let unread = Allowed::Lint("unread_proof".into());
    if raw.faults.values().all(|one| *one == Inject::Disproof)
        && let Some(reason) = raw.faults.keys().find_map(|path| allows(path, &unread))
    {
        return Some(reason);
    }
    let of_fault =
        |(path, inject): (&Text, &Inject)| allows(path, &Allowed::Fault(inject.word().into()));
    let all: Option<Vec<Text>> = raw.faults.iter().map(of_fault).collect();
    all?.into_iter().next()
}

/// The name of the file in which a finding is kept.
pub fn file_name(flow: &str, finding: &OwnFinding) -> String {
    let mut words = vec![flow.to_owned(), finding.kind.code().replace('_', "-")];
    words.extend(
        finding
            .blocks
            .iter()
            .take(3)
            .map(|block| block.replace('/', "-")),
    );
    format!("{}.yaml", words.join("-"))
}

/// The finding as a file, with how it is found again.
pub fn describe(finding: &OwnFinding, command: &str) -> Value {
    let mut document = finding.document.clone();
    document["description"] = json!(format!(
        "{} Found by `{command}`.",
        capital(&finding.why_sentence())
    ));
    document
}

impl OwnFinding {
    fn why_sentence(&self) -> String {
        let why = self.why.trim_end_matches('.').replace('`', "");
        format!("{why}.")
    }
}
