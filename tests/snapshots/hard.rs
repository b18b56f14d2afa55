//! Snapshots on a bad day: damaged files, disks that take nothing, a process that is killed, and what nobody owns.

use super::{ACCEPTED, PENDING, SCENARIO, accepted, edit, said, start, support, workspace};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// So many scenarios that tell the same.
fn many(count: usize) -> String {
    let one = |number| SCENARIO.replace("a calm", &format!("{number} calm"));
    (0..count).map(one).collect::<Vec<_>>().join("---\n")
}

/// Every file under a folder with what it holds, hidden ones included.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inside) = folders.pop() {
        for item in fs::read_dir(inside).into_iter().flatten() {
            let path = item.expect("an item").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside");
                // a file may be renamed while it is looked for
                if let Ok(bytes) = fs::read(&path) {
                    found.insert(name.to_string_lossy().replace('\\', "/"), bytes);
                }
            }
        }
    }
    found
}

#[test]
fn in_ci_nothing_is_written_and_a_missing_one_fails() {
    let root = workspace("snap-ci");
    let before = files(&root);
    for args in [
        &["run", "--ci"][..],
        &["run", "--snapshots", "check"],
        &["run", "--ci", "--snapshots", "new"],
    ] {
        assert_eq!(
            (said(&root, args).0, files(&root) == before),
            (1, true),
            "{args:?}"
        );
    }
    let output = start(&root, &["run"])
        .env("CI", "true")
        .output()
        .expect("the binary runs");
    assert_eq!(
        (output.status.code(), files(&root) == before),
        (Some(1), true)
    );
    assert_eq!(said(&root, &["run", "--ci", "--snapshots", "off"]).0, 0);
    // what is pending or left over is not touched either
    said(&root, &["run"]);
    fs::write(root.join("snapshots/calm/.x.snap.new.1.partial"), "").expect("written");
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    let before = files(&root);
    assert_eq!(
        (said(&root, &["run", "--ci"]).0, files(&root) == before),
        (1, true)
    );
}

#[test]
fn damaged_snapshots_get_a_clear_message_and_lose_nothing() {
    let root = accepted("snap-damage");
    let sound = fs::read_to_string(root.join(ACCEPTED)).expect("it is there");
    for (damaged, message) in [
        (sound[..sound.len() / 2].to_owned(), "it is cut off"),
        (
            sound.replace("format: 1", "format: 7"),
            "it is written in format 7",
        ),
        (String::new(), "it has no header"),
        (
            sound.replace("flow: login", "<<<<<<< HEAD"),
            "markers of a merge conflict",
        ),
        (format!("{sound}and more\n"), "it is cut off"),
    ] {
        fs::write(root.join(ACCEPTED), &damaged).expect("written");
        let (code, out, _) = said(&root, &["run"]);
        assert_eq!(
            (code, out.contains(message)),
            (1, true),
            "{message} in\n{out}"
        );
        assert_eq!(
            fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
            damaged
        );
        assert_eq!(said(&root, &["accept"]).0, 0);
        assert_eq!(
            fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
            sound
        );
    }
    fs::write(root.join(ACCEPTED), [0, 159, 146, 150]).expect("written");
    let (code, out, _) = said(&root, &["run"]);
    assert_eq!(
        (code, out.contains("cannot be read: it is no text")),
        (1, true),
        "{out}"
    );
    assert_eq!(said(&root, &["accept"]).0, 0);
    fs::write(root.join(ACCEPTED), sound.replace('\n', "\r\n")).expect("written");
    assert_eq!(
        said(&root, &["run", "--ci"]).0,
        0,
        "line ends of Windows tell the same"
    );
    fs::write(root.join(ACCEPTED), &sound).expect("written");
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    said(&root, &["run"]);
    let pending = fs::read_to_string(root.join(PENDING)).expect("it is there");
    fs::write(root.join(PENDING), &pending[..pending.len() / 2]).expect("written");
    let (code, _, err) = said(&root, &["accept"]);
    assert_eq!(
        (code, err.contains("cannot be accepted: it is cut off")),
        (4, true),
        "{err}"
    );
    assert_eq!(
        fs::read_to_string(root.join(ACCEPTED)).expect("it is there"),
        sound
    );
}

#[test]
fn where_nothing_can_be_written_the_harness_says_so() {
    let root = workspace("snap-full");
    fs::create_dir_all(root.join(PENDING).join("a folder in the place of the file")).expect("made");
    let (code, out, err) = said(&root, &["run"]);
    assert_eq!(
        (code, err.contains(".snap.new cannot be written: ")),
        (4, true),
        "{err}"
    );
    assert!(
        out.contains("1 passed"),
        "what was found is shown all the same: {out}"
    );
    let root = workspace("snap-no-file");
    fs::create_dir_all(
        root.join(ACCEPTED)
            .join("a folder in the place of the file"),
    )
    .expect("made");
    let (code, out, _) = said(&root, &["run"]);
    assert_eq!(
        (code, out.contains("move away what stands in its place")),
        (1, true),
        "{out}"
    );
    let (code, _, err) = said(&root, &["accept"]);
    assert_eq!(
        (code, err.contains("move away what stands in its place")),
        (4, true),
        "{err}"
    );
    assert!(root.join(PENDING).is_file(), "what is pending is not lost");
    let root = workspace("snap-no-folder");
    fs::write(root.join("snapshots"), "a file in the place of the folder").expect("written");
    let (code, _, err) = said(&root, &["run"]);
    assert_eq!(
        (code, err.contains("snapshots cannot be read")),
        (1, true),
        "{err}"
    );
}

#[test]
fn the_same_bytes_come_out_at_any_number_of_jobs() {
    let root = support::workspace("snap-jobs", &[("scenarios/calm.yaml", &many(40))]);
    let all = |jobs: &str| {
        fs::remove_dir_all(root.join("snapshots")).ok();
        assert_eq!(said(&root, &["run", "--jobs", jobs]).0, 0);
        files(&root.join("snapshots"))
    };
    let one = all("1");
    assert_eq!((one.len(), one == all("8")), (40, true));
}

#[test]
fn a_process_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let root = support::workspace("snap-kill", &[("scenarios/calm.yaml", &many(60))]);
    let folder = root.join("snapshots");
    let texts = ["mfa: right", "mfa: wrong"].map(|answer| {
        let scenarios = many(60).replace("mfa: right", answer);
        fs::write(root.join("scenarios/calm.yaml"), scenarios).expect("written");
        said(&root, &["run"]);
        assert_eq!(said(&root, &["accept"]).0, 0);
        files(&folder)
    });
    let mut in_the_middle = 0;
    for round in 0..6 {
        let (is, was) = (&texts[round % 2], &texts[1 - round % 2]);
        let answer = ["mfa: right", "mfa: wrong"][round % 2];
        let scenarios = many(60).replace("mfa: right", answer);
        fs::write(root.join("scenarios/calm.yaml"), scenarios).expect("written");
        said(&root, &["run"]);
        let mut child = start(&root, &["accept"])
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let new = |files: &BTreeMap<String, Vec<u8>>| {
            is.iter()
                .filter(|(path, bytes)| files.get(*path) == Some(*bytes))
                .count()
        };
        while new(&files(&folder)) <= round * 8 && child.try_wait().expect("a child").is_none() {}
        child.kill().ok();
        child.wait().expect("it ends");
        let left = files(&folder);
        for (path, bytes) in was {
            let pending = left.get(&format!("{path}.new"));
            let is_new = left.get(path) == is.get(path);
            assert!(is_new || left.get(path) == Some(bytes), "{path} is whole");
            assert_eq!(pending.is_none(), is_new, "{path} is accepted, or can be");
        }
        in_the_middle += usize::from((1..60).contains(&new(&left)));
        assert_eq!(said(&root, &["accept"]).0, 0);
        assert!(
            files(&folder) == *is,
            "the next accept finishes, and nothing else is left"
        );
        let (code, _, err) = said(&root, &["run", "--ci"]);
        assert_eq!((code, err.contains("orphan")), (0, false), "{err}");
    }
    assert!(in_the_middle > 0, "no kill came in the middle");
}

#[test]
fn what_a_killed_process_left_is_no_orphan_and_goes_with_the_next_accept() {
    let root = accepted("snap-litter");
    let litter = root.join("snapshots/calm/.a-calm-sign-in.snap.new.77.partial");
    fs::write(&litter, "---\nsource: sce").expect("written");
    let (code, _, err) = said(&root, &["run", "--ci"]);
    assert_eq!(
        (code, err.contains("orphan"), litter.exists()),
        (0, false, true)
    );
    assert_eq!(said(&root, &["accept"]).1, "nothing is pending\n");
    assert!(!litter.exists());
}

#[test]
fn files_that_are_no_traces_are_left_alone() {
    let root = accepted("snap-foreign");
    let foreign = root.join("snapshots/calm/photo.snap");
    fs::write(&foreign, [0, 159, 146, 150]).expect("written");
    for args in [
        &["run"][..],
        &["run", "--ci"],
        &["accept"],
        &["accept", "--prune"],
    ] {
        let (code, _, err) = said(&root, args);
        assert_eq!((code, err.contains("photo")), (0, false), "{args:?} {err}");
    }
    assert!(foreign.exists());
}

#[test]
fn a_snapshot_that_nobody_asks_for_is_reported() {
    let root = accepted("snap-unasked");
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    said(&root, &["run"]);
    edit(
        &root,
        "scenarios/calm.yaml",
        "snapshot: true",
        "snapshot: false",
    );
    let (code, _, err) = said(&root, &["run"]);
    assert_eq!(code, 0);
    assert!(err.contains("`a calm sign-in` asks for none"), "{err}");
    assert!(
        err.contains("belongs to no scenario that asks for a snapshot"),
        "{err}"
    );
    let before = fs::read(root.join(ACCEPTED)).expect("it is there");
    said(&root, &["accept"]);
    assert_eq!(fs::read(root.join(ACCEPTED)).expect("it is there"), before);
    said(&root, &["accept", "--prune"]);
    assert!(!root.join("snapshots/calm").exists());
}

#[test]
fn what_cannot_be_judged_is_told_and_never_pending() {
    let root = accepted("snap-unjudged");
    edit(&root, "scenarios/calm.yaml", "mfa: right", "mfa: wrong");
    said(&root, &["run"]);
    assert!(root.join(PENDING).exists());
    let login = "fixtures/flows/login.yaml";
    edit(
        &root,
        login,
        "      - block: mfa\n",
        "      - block: call_webhook\n        slug: ask\n        on_error: continue\n        config: { url: \"https://new.example.com/\" }\n      - block: mfa\n",
    );
    let (code, out, _) = said(&root, &["run"]);
    assert_eq!(code, 1);
    for part in [
        "✗ errored a calm sign-in",
        "`ask` now runs",
        "once every request has an answer",
    ] {
        assert!(out.contains(part), "{part} in\n{out}");
    }
    assert!(
        !root.join(PENDING).exists(),
        "that of the earlier run is not left to be accepted"
    );
}
