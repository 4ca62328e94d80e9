//! The commands of the README, typed or pasted by somebody who has configured nothing.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::starting::in_notice;

/// The blocks of the README with commands of `desk`.
fn blocks() -> Vec<&'static str> {
    let readme = include_str!("../../../../README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.starts_with("desk ")).collect()
}

/// A new user: a home with nothing in it, and no variable that names another place.
struct User {
    home: TempDir,
}

impl User {
    fn new() -> User {
        User { home: tempfile::tempdir().unwrap() }
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    fn shell(&self, shell: &str, script: &str) -> Output {
        let desk = Path::new(env!("CARGO_BIN_EXE_desk")).parent().unwrap();
        let path = format!("{}:{}", desk.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(shell);
        command.env_clear().env("PATH", path).env("HOME", self.home.path()).current_dir(self.home.path());
        // /tmp is everybody's: there could be the emulator of another test.
        command.env("TMPDIR", self.home.path()).stdin(Stdio::null());
        command.args(["-c", script]).output().unwrap()
    }

    fn rows(&self) -> String {
        let rows = self.shell("sh", "cat desk-export/*.ndjson | wc -l");
        String::from_utf8(rows.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let files = std::fs::read_dir(self.home.path()).unwrap().map(|entry| entry.unwrap().path());
        for notice in files.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            for pid in in_notice(&notice) {
                let _ = Command::new("kill").arg(pid.to_string()).status();
            }
        }
    }
}

fn ok(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

/// The shells that there are.
fn shells() -> Vec<&'static str> {
    let is_there =
        |shell: &&str| Command::new(shell).args(["-c", "true"]).status().is_ok_and(|status| status.success());
    let shells: Vec<&str> = ["sh", "bash", "dash", "zsh"].into_iter().filter(is_there).collect();
    assert!(shells.contains(&"sh"), "{shells:?}");
    shells
}

/// Both forms in which the service is begun: in the background by itself, and by the shell.
#[test]
fn first_block_pasted_into_a_shell_succeeds() {
    let block = blocks()[0];
    assert!(block.starts_with("desk emulator --demo --detach\ndesk export\n"), "{block}");
    for shell in shells() {
        let user = User::new();
        // The shell ends while the service runs: it holds none of its descriptors.
        ok(&user.shell(shell, &format!("set -e\n{block}")));
        assert_eq!(user.rows(), "1000", "{shell}");

        let user = User::new();
        let by_shell = block.replacen("--demo --detach", "--demo &", 1);
        ok(&user.shell(shell, &format!("set -e\ntrap 'kill $!' EXIT\n{by_shell}")));
        assert_eq!(user.rows(), "1000", "{shell}");
    }
}

#[test]
fn the_commands_of_the_readme_run() {
    let lines: Vec<&str> = blocks().into_iter().flat_map(str::lines).map(str::trim_end).collect();
    assert!(lines.len() >= 8 && lines.iter().all(|line| line.starts_with("desk ")), "{lines:?}");
    let user = User::new();
    std::fs::write(user.at("customers.csv"), "customerIds\n101\n102\n103\n").unwrap();
    for line in &lines {
        ok(&user.shell("sh", line));
    }
    assert_eq!(user.rows(), "1000");
}
