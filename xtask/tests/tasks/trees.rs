//! Two checkouts that share a target folder: each task works on the checkout that it is called in,
//! with that checkout's code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Folders that are no part of a checkout and stay uncopied.
const SKIPPED: [&str; 2] = [".git", "target"];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (name, kind) = (entry.file_name(), entry.file_type().expect("a kind"));
        if kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped) {
            copy(&entry.path(), &to.join(&name));
        } else if kind.is_file() {
            fs::copy(entry.path(), to.join(&name)).expect("a copy");
        }
    }
}

fn remove(folders: [&Path; 2]) {
    for folder in folders {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Changes a file and makes it older than all later builds, like a file of a checkout that was made
/// first.
fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("a source");
    assert!(text.contains(from), "{} has {from:?}", file.display());
    fs::write(file, text.replace(from, to)).expect("it can be written");
    let old = SystemTime::now() - Duration::from_secs(3600);
    fs::File::options().write(true).open(file).and_then(|file| file.set_modified(old)).expect("a time");
}

/// The output of a task, without colours, and whether the task succeeded.
fn xtask(tree: &Path, target: &Path, args: &[&str]) -> (String, bool) {
    let mut cargo = xtask::toolchain::cargo();
    cargo.current_dir(tree).arg("xtask").args(args).env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
    let output = cargo.output().expect("cargo runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

#[test]
fn a_task_works_on_the_checkout_it_is_called_in_with_its_code() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trees");
    // The dependencies of xtask stay built in the target folder; the two checkouts are new.
    let (first, second, target) = (folder.join("first"), folder.join("second"), folder.join("target"));
    remove([&first, &second]);
    copy(&xtask::root(), &first);
    copy(&xtask::root(), &second);
    edit(&second.join("xtask/src/main.rs"), "usage: cargo xtask <task>", "usage of the second: cargo xtask <task>");
    edit(&second.join("xtask/src/main.rs"), "fn main() -> ExitCode {", "fn main()  ->  ExitCode {");

    for (tree, usage) in [(&first, "usage: "), (&second, "usage of the second: "), (&first, "usage: ")] {
        let (help, fine) = xtask(tree, &target, &["help"]);
        assert!(fine && help.starts_with(usage), "{}: {help}", tree.display());
    }
    // Formatting is the first stage: it fails only in the second checkout, on that checkout's file.
    let (printed, fine) = xtask(&second, &target, &["test"]);
    assert!(!fine && printed.starts_with(&format!("tree: {}\n", second.display())), "{printed}");
    assert!(printed.contains(&second.join("xtask/src/main.rs").display().to_string()), "{printed}");
    remove([&first, &second]);
}

#[test]
fn a_task_refuses_an_option_it_does_not_know_in_one_line() {
    for (args, problem) in [
        (&["demo", "--foo"][..], "error: demo does not know --foo; run `cargo xtask demo`\n"),
        (&["test", "--foo"], "error: test does not know --foo; run `cargo xtask test`\n"),
        (&["tests"], "error: tests is not a task; run `cargo xtask help` for the list\n"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).output().expect("xtask runs");
        assert!(!output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), problem);
    }
    let help = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["package", "--help"]).output().expect("xtask runs");
    assert!(help.status.success() && help.stdout.starts_with(b"usage: cargo xtask <task>"));
}
