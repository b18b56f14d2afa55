//! `run --watch`: runs, and runs again whenever a file of the workspace changes, until Ctrl-C. What a run leaves itself
//! (`.snap.new`) and what editors put beside a file start nothing.

use super::exit::{Exit, Stop};
use super::terminal::Terminal;
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Editors write a file in several steps: it is quiet for so long before a run begins.
const QUIET: Duration = Duration::from_millis(50);
/// How often an interruption is looked for.
const LOOK: Duration = Duration::from_millis(100);
/// The parts of a workspace, watched with everything below them.
const FOLDERS: [&str; 3] = ["fixtures", "scenarios", "snapshots"];
/// What can change a result.
const READ: [&str; 6] = ["yaml", "yml", "json", "js", "ts", "snap"];

/// Runs at once and after every change; what a run has to say is said, and the next one may say otherwise.
pub fn watch(
    root: &Path,
    interrupted: &AtomicBool,
    terminal: &Terminal,
    mut once: impl FnMut() -> Result<Exit, Stop>,
) -> Result<Exit, Stop> {
    loop {
        // watched before files are read, so that nothing is missed in between
        let (changes, watcher) = changes(root)?;
        match once() {
            Ok(Exit::Interrupted) => return Ok(Exit::Interrupted),
            Ok(_) => {}
            Err(stop) => terminal.fail(&stop),
        }
        terminal.say("watching for changes; Ctrl-C ends\n");
        if !changed(&changes, interrupted) {
            return Ok(Exit::Interrupted);
        }
        drop(watcher);
        terminal.say("\n");
    }
}

/// What the system says about the files that count; where it has no room for that, they are looked at again and again.
fn changes(root: &Path) -> Result<(Receiver<()>, Box<dyn Watcher>), Stop> {
    let (sender, changes) = channel();
    let (often, again) = (Config::default().with_poll_interval(LOOK), sender.clone());
    let told = RecommendedWatcher::new(teller(sender), Config::default())
        .map(|watcher| Box::new(watcher) as Box<dyn Watcher>)
        .and_then(|watcher| watching(watcher, root));
    let polled = || {
        let watcher = PollWatcher::new(teller(again), often.with_compare_contents(true))?;
        watching(Box::new(watcher), root)
    };
    let watcher = told.or_else(|_| polled());
    let cannot = |error| Stop::harness(format!("{} cannot be watched: {error}", root.display()));
    Ok((changes, watcher.map_err(cannot)?))
}

fn teller(sender: Sender<()>) -> impl FnMut(notify::Result<Event>) + Send + 'static {
    move |event| {
        if event.is_ok_and(|event| counts(&event)) {
            // whoever has gone away wants no reports
            let _ = sender.send(());
        }
    }
}

fn watching(mut watcher: Box<dyn Watcher>, root: &Path) -> notify::Result<Box<dyn Watcher>> {
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    for folder in FOLDERS.map(|folder| root.join(folder)) {
        if folder.is_dir() {
            watcher.watch(&folder, RecursiveMode::Recursive)?;
        }
    }
    Ok(watcher)
}

/// Waits for a change and for quiet after it; false where an interruption came first.
fn changed(changes: &Receiver<()>, interrupted: &AtomicBool) -> bool {
    loop {
        if interrupted.load(SeqCst) {
            return false;
        }
        match changes.recv_timeout(LOOK) {
            Ok(()) => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    while changes.recv_timeout(QUIET).is_ok() {}
    true
}

/// Whether something was written, made, moved or removed that is read; a folder has no ending.
fn counts(event: &Event) -> bool {
    let is_change = match event.kind {
        EventKind::Access(_) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    };
    is_change && event.paths.iter().any(|path| is_read(path))
}

fn is_read(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let hidden = name.is_none_or(|name| name.starts_with('.'));
    let ending = path.extension().map(|ending| ending.to_str());
    let read = match ending {
        None => true,
        Some(ending) => ending.is_some_and(|ending| READ.contains(&ending)),
    };
    !hidden && read
}

#[cfg(test)]
mod tests {
    use super::is_read;
    use std::path::Path;

    #[test]
    fn what_a_run_or_an_editor_leaves_starts_nothing() {
        for (path, expected) in [
            ("w/scenarios/a.yaml", true),
            ("w/fixtures/actions/a.ts", true),
            ("w/snapshots/a/b.snap", true),
            ("w/flowproof.yaml", true),
            ("w/scenarios/new", true),
            ("w/snapshots/a/b.snap.new", false),
            ("w/snapshots/a/.b.snap.12.partial", false),
            ("w/scenarios/.a.yaml.swp", false),
            ("w/scenarios/.a.yaml", false),
            ("w/scenarios/a.yaml~", false),
            ("w/Cargo.lock", false),
        ] {
            assert_eq!(is_read(Path::new(path)), expected, "{path}");
        }
    }
}
