//! `run --watch`: runs, and runs again whenever a file of the workspace changes, until Ctrl-C. What a run leaves itself
//! (`.snap.new`, reports) and what editors put beside a file start nothing.

use super::exit::{Exit, Stop};
use super::terminal::Terminal;
use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Editors write a file in several steps: it is quiet for so long before a run begins.
const QUIET: Duration = Duration::from_millis(50);
/// Where it is never quiet, a run begins after so long.
const UNREST: Duration = Duration::from_secs(1);
/// How often an interruption is looked for.
const LOOK: Duration = Duration::from_millis(100);
/// The parts of a workspace, watched with everything below them.
const FOLDERS: [&str; 3] = ["fixtures", "scenarios", SNAPSHOTS];
const SNAPSHOTS: &str = "snapshots";
/// What else is read of it.
const SETTINGS: [&str; 2] = ["flowproof.yaml", "flowproof.yml"];
/// What a run leaves, and what editors put beside a file.
const NOT_READ: [&str; 8] = ["new", "partial", "tmp", "temp", "bak", "orig", "swp", "swx"];

/// What is watched.
#[derive(Debug)]
pub struct Watched {
    root: PathBuf,
    /// What was asked for besides the workspace.
    others: Vec<PathBuf>,
    /// What a run writes by itself.
    written: Vec<PathBuf>,
}

impl Watched {
    /// The workspace at `root` and these paths, but not what the run itself writes.
    pub fn new<'a>(
        root: &Path,
        paths: &[PathBuf],
        written: impl Iterator<Item = &'a PathBuf>,
    ) -> Arc<Watched> {
        // the system names what changes by its real path
        let real = |path: &Path| path.canonicalize().or_else(|_| absolute(path)).ok();
        let made = |path: &PathBuf| {
            let (folder, name) = (path.parent()?, path.file_name()?);
            let here = folder.as_os_str().is_empty();
            let folder = if here { Path::new(".") } else { folder };
            Some(real(folder)?.join(name))
        };
        let root = real(root).unwrap_or_else(|| root.to_path_buf());
        let others = paths.iter().filter_map(|path| real(path));
        let others =
            others.filter(|path| !FOLDERS.iter().any(|one| path.starts_with(root.join(one))));
        Arc::new(Watched {
            others: others.filter(|path| *path != root).collect(),
            written: written.filter_map(made).collect(),
            root,
        })
    }

    /// Whether something was written, made, moved or removed that is read.
    fn counts(&self, event: &Event) -> bool {
        match event.kind {
            EventKind::Access(_) => false,
            // a run makes the folders of its snapshots
            EventKind::Create(_) => event.paths.iter().any(|path| {
                let is_snapshot = || path.extension().is_some_and(|ending| ending == "snap");
                self.is_read(path) && (!self.below(path, SNAPSHOTS) || is_snapshot())
            }),
            EventKind::Any | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => {
                event.paths.iter().any(|path| self.is_read(path))
            }
        }
    }

    fn below(&self, path: &Path, folder: &str) -> bool {
        path.starts_with(self.root.join(folder))
    }

    fn is_read(&self, path: &Path) -> bool {
        if self.written.iter().any(|own| path.starts_with(own)) {
            return false;
        }
        if self.others.iter().any(|other| path == other) {
            return true;
        }
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("");
        if path.parent() == Some(&self.root) {
            return SETTINGS.contains(&name) || FOLDERS.contains(&name);
        }
        let of_editor = name.starts_with(['.', '#']) || name.ends_with('~');
        let ending = path.extension().and_then(|ending| ending.to_str());
        let in_place = FOLDERS.iter().any(|folder| self.below(path, folder))
            || self.others.iter().any(|other| path.starts_with(other));
        in_place && !of_editor && !ending.is_some_and(|ending| NOT_READ.contains(&ending))
    }
}

/// Runs at once and after every change; what a run has to say is said, and the next one may say otherwise.
pub fn watch(
    watched: &Arc<Watched>,
    interrupted: &AtomicBool,
    terminal: &Terminal,
    mut once: impl FnMut() -> Result<Exit, Stop>,
) -> Result<Exit, Stop> {
    loop {
        // watched before files are read, so that nothing is missed in between
        let (changes, mut watcher) = changes(watched)?;
        let snapshots = watched.root.join(SNAPSHOTS);
        let were_there = snapshots.is_dir();
        match once() {
            Ok(Exit::Interrupted) => return Ok(Exit::Interrupted),
            Ok(_) => {}
            Err(stop) => terminal.fail(&stop),
        }
        if !were_there && snapshots.is_dir() {
            // without it, only what is accepted would not be seen
            let _ = watcher.watch(&snapshots, RecursiveMode::Recursive);
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
fn changes(watched: &Arc<Watched>) -> Result<(Receiver<()>, Box<dyn Watcher>), Stop> {
    let (sender, changes) = channel();
    let (often, again) = (Config::default().with_poll_interval(LOOK), sender.clone());
    let told = RecommendedWatcher::new(teller(watched, sender), Config::default())
        .map(|watcher| Box::new(watcher) as Box<dyn Watcher>)
        .and_then(|watcher| watching(watcher, watched));
    let polled = || {
        let teller = teller(watched, again);
        let watcher = PollWatcher::new(teller, often.with_compare_contents(true))?;
        watching(Box::new(watcher), watched)
    };
    let watcher = told.or_else(|_| polled());
    let shown = watched.root.display();
    let cannot = |error| Stop::harness(format!("{shown} cannot be watched: {error}"));
    Ok((changes, watcher.map_err(cannot)?))
}

fn teller(
    watched: &Arc<Watched>,
    sender: Sender<()>,
) -> impl FnMut(notify::Result<Event>) + Send + 'static {
    let watched = watched.clone();
    move |event| {
        if event.is_ok_and(|event| watched.counts(&event)) {
            // whoever has gone away wants no reports
            let _ = sender.send(());
        }
    }
}

fn watching(mut watcher: Box<dyn Watcher>, watched: &Watched) -> notify::Result<Box<dyn Watcher>> {
    let folders = FOLDERS.map(|folder| watched.root.join(folder));
    let others = watched.others.iter().cloned();
    for folder in folders.into_iter().chain(others.clone()) {
        if folder.is_dir() {
            watcher.watch(&folder, RecursiveMode::Recursive)?;
        }
    }
    // a file is often replaced by another: its folder says so
    let files = others.filter(|path| path.is_file());
    let parents = files.filter_map(|path| Some(path.parent()?.to_path_buf()));
    for folder in parents.chain([watched.root.clone()]) {
        watcher.watch(&folder, RecursiveMode::NonRecursive)?;
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
    // wall time says when to look, and judges nothing
    let first = Instant::now();
    while first.elapsed() < UNREST && changes.recv_timeout(QUIET).is_ok() {}
    !interrupted.load(SeqCst)
}

#[cfg(test)]
mod tests {
    use super::{Watched, changed};
    use notify::event::{CreateKind, ModifyKind};
    use notify::{Event, EventKind};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc::sync_channel;

    fn watched() -> Arc<Watched> {
        let written = [PathBuf::from("/w/scenarios/out"), "/w/out.json".into()];
        Watched::new(
            Path::new("/w"),
            &[
                "/w/scenarios/a.yaml".into(),
                "/w/mine/b.yaml".into(),
                "/else".into(),
            ],
            written.iter(),
        )
    }

    #[test]
    fn what_a_run_or_an_editor_leaves_starts_nothing() {
        for (path, expected) in [
            ("/w/scenarios/a.yaml", true),
            ("/w/scenarios/body.txt", true),
            ("/w/fixtures/actions/a.ts", true),
            ("/w/snapshots/a/b.snap", true),
            ("/w/snapshots/a", true),
            ("/w/flowproof.yaml", true),
            ("/w/scenarios", true),
            ("/w/scenarios/new", true),
            ("/w/mine/b.yaml", true),
            ("/else/c.yaml", true),
            ("/w/snapshots/a/b.snap.new", false),
            ("/w/snapshots/a/.b.snap.12.partial", false),
            ("/w/scenarios/.a.yaml.swp", false),
            ("/w/scenarios/.a.yaml", false),
            ("/w/scenarios/a.yaml~", false),
            ("/w/scenarios/a.tmp", false),
            ("/w/scenarios/out", false),
            ("/w/scenarios/out/index.html", false),
            ("/w/out.json", false),
            ("/w/Cargo.lock", false),
            ("/w/LICENSE", false),
            ("/w/mine/other.yaml", false),
        ] {
            let event = Event::new(EventKind::Modify(ModifyKind::Any)).add_path(path.into());
            assert_eq!(watched().counts(&event), expected, "{path}");
        }
    }

    #[test]
    fn the_folders_that_a_run_makes_for_snapshots_start_nothing() {
        for (path, expected) in [
            ("/w/snapshots", false),
            ("/w/snapshots/a", false),
            ("/w/snapshots/a/b.snap", true),
            ("/w/scenarios/new", true),
        ] {
            let event = Event::new(EventKind::Create(CreateKind::Any)).add_path(path.into());
            assert_eq!(watched().counts(&event), expected, "{path}");
        }
    }

    #[test]
    fn a_workspace_that_is_never_quiet_is_run_nevertheless_and_can_be_interrupted() {
        let (sender, changes) = sync_channel(1);
        let busy = std::thread::spawn(move || while sender.send(()).is_ok() {});
        assert!(changed(&changes, &AtomicBool::new(false)));
        assert!(!changed(&changes, &AtomicBool::new(true)));
        drop(changes);
        busy.join().expect("it ends");
    }
}
