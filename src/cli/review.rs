//! `flowproof accept --review`: one pending snapshot after the other, with the keys of cargo-insta. Without a terminal
//! the answers are read from standard input, a line each.

use super::exit::Stop;
use super::terminal::Terminal;
use super::waiting::Waiting;
use crate::report::{difference, printable};
use anstyle::{AnsiColor, Style};
use console::{Key, Term};
use std::io::{BufRead, ErrorKind, IsTerminal, stdin};

/// Lines of a trace or difference that are shown.
const SHOWN: usize = 400;

/// What becomes of a pending snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is the accepted one from now on.
    Accept,
    /// It is removed.
    Reject,
    /// It stays pending.
    Skip,
}

/// What was typed.
enum Answer {
    One(Decision),
    All(Decision),
    Info,
    Difference,
    Leave,
    Other,
}

/// A review in progress.
pub struct Review {
    count: usize,
    info: bool,
    difference: bool,
    /// What was decided for all that are left.
    all: Option<Decision>,
    /// Whether it was stopped with Ctrl-C.
    pub interrupted: bool,
}

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

impl Review {
    /// Nothing decided yet, of so many.
    pub fn new(count: usize) -> Self {
        Review {
            count,
            info: true,
            difference: true,
            all: None,
            interrupted: false,
        }
    }

    /// Shows one and asks what becomes of it; None when the review is left.
    pub fn ask(
        &mut self,
        at: usize,
        waiting: &Waiting,
        terminal: &Terminal,
    ) -> Result<Option<Decision>, Stop> {
        loop {
            if let Some(decision) = self.all {
                return Ok(Some(decision));
            }
            terminal.print(&self.page(at, waiting))?;
            match self.answer()? {
                Answer::One(decision) => return Ok(Some(decision)),
                Answer::All(decision) => self.all = Some(decision),
                Answer::Info => self.info = !self.info,
                Answer::Difference => self.difference = !self.difference,
                Answer::Leave => return Ok(None),
                Answer::Other => {}
            }
        }
    }

    fn page(&self, at: usize, waiting: &Waiting) -> String {
        let mut page = format!("\n{FAINT}── {} of {} ──{FAINT:#}\n", at + 1, self.count);
        page.push_str(&format!("{STRONG}{}{STRONG:#}\n", printable(&waiting.name)));
        if self.info {
            page.push_str(&format!(
                "  scenario  {}\n  snapshot  {}\n",
                waiting.place, waiting.path
            ));
            for line in waiting.about.iter().flat_map(|about| about.lines()) {
                page.push_str(&format!("  about     {}\n", printable(line)));
            }
        }
        page.push('\n');
        match (&waiting.text, &waiting.accepted) {
            (Err(problem), _) => page.push_str(&format!("{problem}\n")),
            (Ok(_), _) if !self.difference => {}
            (Ok(text), Some(accepted)) => page.push_str(&difference::render(accepted, text, "")),
            (Ok(text), None) => page.push_str(&whole(text)),
        }
        page.push_str(&self.keys(waiting.accepted.is_none()));
        page
    }

    fn keys(&self, new: bool) -> String {
        let green = AnsiColor::Green.on_default().bold();
        let red = AnsiColor::Red.on_default().bold();
        let yellow = AnsiColor::Yellow.on_default().bold();
        let accept = if new {
            "keep this trace"
        } else {
            "keep the new trace"
        };
        let (info, difference) = (shown(self.info), shown(self.difference));
        format!(
            "\n  {green}a{green:#} accept  {FAINT}{accept}{FAINT:#}\n  {red}r{red:#} reject  {FAINT}remove it{FAINT:#}\n  \
             {yellow}s{yellow:#} skip    {FAINT}leave it pending{FAINT:#}\n  i {info} info · d {difference} trace · \
             A, R, S the same for all that are left · q leave\n"
        )
    }

    fn answer(&mut self) -> Result<Answer, Stop> {
        // keys come from a terminal only where something is shown on it
        let shown = [Term::stderr(), Term::stdout()]
            .into_iter()
            .find(Term::is_term);
        let Some(keyboard) = shown.filter(|_| stdin().is_terminal()) else {
            let mut line = String::new();
            let read = stdin().lock().read_line(&mut line);
            let read = read.map_err(|error| {
                Stop::harness(format!("standard input cannot be read: {error}"))
            })?;
            let first = line.trim().chars().next();
            return Ok(if read == 0 {
                Answer::Leave
            } else {
                first.map_or(Answer::Other, typed)
            });
        };
        match keyboard.read_key_raw() {
            Ok(Key::Char(key)) => Ok(typed(key)),
            Ok(Key::Enter) => Ok(Answer::One(Decision::Accept)),
            Ok(Key::Escape) => Ok(Answer::One(Decision::Reject)),
            Ok(Key::CtrlC) => Ok(self.interrupt()),
            Ok(_) => Ok(Answer::Other),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(self.interrupt()),
            Err(error) => Err(Stop::harness(format!(
                "the keyboard cannot be read: {error}"
            ))),
        }
    }

    fn interrupt(&mut self) -> Answer {
        self.interrupted = true;
        Answer::Leave
    }
}

fn shown(shown: bool) -> &'static str {
    if shown { "hides" } else { "shows" }
}

/// The keys of cargo-insta, and `q`.
fn typed(key: char) -> Answer {
    match key {
        'a' => Answer::One(Decision::Accept),
        'r' => Answer::One(Decision::Reject),
        's' | ' ' => Answer::One(Decision::Skip),
        'A' => Answer::All(Decision::Accept),
        'R' => Answer::All(Decision::Reject),
        'S' => Answer::All(Decision::Skip),
        'i' => Answer::Info,
        'd' => Answer::Difference,
        'q' => Answer::Leave,
        _ => Answer::Other,
    }
}

/// A trace that is new.
fn whole(text: &str) -> String {
    let mut page: String = text
        .lines()
        .take(SHOWN)
        .map(|line| format!("{}\n", printable(line)))
        .collect();
    let more = text.lines().count().saturating_sub(SHOWN);
    if more > 0 {
        page.push_str(&format!("… {more} more lines\n"));
    }
    page
}
