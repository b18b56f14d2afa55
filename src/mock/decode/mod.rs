//! Mocks out of documents: `webhooks` of a scenario and of a mock set. Everything is prepared here, answers
//! included, so that a run only hands them out. All mistakes are reported; a mock with one is left out.

mod condition;
mod delay;
mod file;
mod item;
mod reply;

pub use delay::{LATENCY, decode_latency};
pub use file::{FileError, read_inside};

use super::{Mock, MockSet, Mocks};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::{Fields, Holds, Key, Node, Shape, required, suggestion};
use crate::text::{Span, Spanned};
use crate::value::Text;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What `webhooks` of a scenario holds.
pub const WEBHOOKS: Holds = Holds::List(&Holds::OneOf(&[
    Holds::Object(&item::MOCK),
    Holds::Object(&USE),
]));

/// A file of `fixtures/mocks`.
pub static MOCK_SET: Shape = Shape {
    noun: "a mock set",
    keys: SET_KEYS,
};

const MOCKS: Holds = Holds::List(&Holds::Object(&item::MOCK));

const SET_KEYS: &[Key] = &[
    required("mocks", Holds::Text, "the name of the set"),
    required(
        "webhooks",
        MOCKS,
        "its mocks, in the order in which they are tried",
    ),
];

static USE: Shape = Shape {
    noun: "a use of mock sets",
    keys: &[required(
        "use",
        Holds::List(&Holds::Text),
        "names of mock sets, whose mocks come after the scenario's own",
    )],
};

/// The mocks of a scenario: its own in written order, then those of the sets it uses (`use`), in the order of the uses.
/// `file:` of an answer is read below `root`, the folder of the workspace. The kinds of the items are checked before (`WEBHOOKS`).
pub fn decode_webhooks(
    webhooks: &Node,
    sets: &[Arc<MockSet>],
    root: &Path,
    diagnostics: &mut Diagnostics,
) -> Mocks {
    let mut names = Names::default();
    let mut list = Vec::new();
    let mut uses = Vec::new();
    let items = webhooks.as_list().unwrap_or_default().iter();
    for item in items.filter(|item| item.as_map().is_some()) {
        if item.entry("use").is_some() {
            let fields = Fields::open(item, &USE, diagnostics);
            uses.extend(fields.and_then(|fields| fields.spanned_texts("use")));
        } else if let Some(mock) = item::mock(item, root, diagnostics)
            && names.take(&mock, &mock.span, diagnostics)
        {
            list.push(Arc::new(mock));
        }
    }
    let mut used: BTreeMap<Text, Span> = BTreeMap::new();
    for name in uses.into_iter().flatten() {
        let Some(set) = sets.iter().find(|set| set.name == name.value) else {
            diagnostics.push(unknown_set(&name, sets));
            continue;
        };
        if let Some(first) = used.insert(name.value.clone(), name.span.clone()) {
            let title = format!("the mock set `{}` is used twice", set.name);
            diagnostics.push(
                Diagnostic::error("duplicate_name", &name.span, title)
                    .fix("use it once")
                    .related(&first, "it is used here already"),
            );
            continue;
        }
        let taken = set.mocks.iter();
        list.extend(
            taken
                .filter(|mock| names.take(mock, &name.span, diagnostics))
                .cloned(),
        );
    }
    Mocks { list }
}

/// A file of `fixtures/mocks`; None when it has no usable name.
pub fn decode_mock_set(
    document: &Node,
    root: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<MockSet> {
    let fields = Fields::open(document, &MOCK_SET, diagnostics)?;
    let mut names = Names::default();
    let mut mocks = Vec::new();
    for item in fields.list("webhooks").unwrap_or_default() {
        if let Some(entry) = item.entry("use") {
            diagnostics.push(
                Diagnostic::error(
                    "unknown_key",
                    &entry.key_span,
                    "a mock set cannot use other sets",
                )
                .fix("list both sets under `use` of the scenario"),
            );
        } else if let Some(mock) = item::mock(item, root, diagnostics)
            && names.take(&mock, &mock.span, diagnostics)
        {
            mocks.push(Arc::new(mock));
        }
    }
    let name = item::name(&fields, "mocks", diagnostics)?;
    Some(MockSet {
        name: name.value,
        span: name.span,
        mocks,
    })
}

fn unknown_set(name: &Spanned<Text>, sets: &[Arc<MockSet>]) -> Diagnostic {
    let title = format!("there is no mock set `{}`", name.value);
    let known = sets.iter().map(|set| &*set.name);
    Diagnostic::error("unknown_mock_set", &name.span, title).fix(suggestion(&name.value, known))
}

/// Which of these keys is written, if any; None when more than one is, which is then reported.
#[expect(clippy::option_option, reason = "wrong and absent differ")]
fn one_at_most(
    fields: &Fields,
    keys: &'static [&'static str],
    diagnostics: &mut Diagnostics,
) -> Option<Option<&'static str>> {
    let written = fields.at_most_one(keys, diagnostics);
    let count = keys.iter().filter(|key| fields.has(key)).count();
    (count < 2).then_some(written)
}

/// Names of mocks, each with its place.
#[derive(Default)]
struct Names(BTreeMap<Text, Span>);

impl Names {
    /// Whether the name is new; an old one is reported at `here`, with the places of both mocks.
    fn take(&mut self, mock: &Mock, here: &Span, diagnostics: &mut Diagnostics) -> bool {
        let Some(first) = self.0.get(&mock.name) else {
            self.0.insert(mock.name.clone(), mock.span.clone());
            return true;
        };
        let title = format!("two mocks of the scenario are called `{}`", mock.name);
        let mut diagnostic = Diagnostic::error("duplicate_name", here, title)
            .fix("give one of them another name")
            .related(first, "the first one is here");
        if here.to_string() != mock.span.to_string() {
            diagnostic = diagnostic.related(&mock.span, "the second one is here");
        }
        diagnostics.push(diagnostic);
        false
    }
}

#[cfg(test)]
mod tests;
