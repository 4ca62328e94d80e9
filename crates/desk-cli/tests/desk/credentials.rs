//! Where tokens come from, and where they may not come from or go to.

use std::fs::{Permissions, create_dir_all, set_permissions, write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use desk_emulator::Emulator;
use serde_json::json;

use crate::run::{desk, run, run_with_input};

fn file(dir: &Path, text: &str, mode: u32) {
    create_dir_all(dir.join("desk")).unwrap();
    let path = dir.join("desk/credentials.toml");
    write(&path, text).unwrap();
    set_permissions(&path, Permissions::from_mode(mode)).unwrap();
}

fn at(dir: &Path) -> Command {
    let mut command = desk();
    command.env("XDG_CONFIG_HOME", dir);
    command
}

const READ: [&str; 4] = ["chat-message", "list", "--limit", "1"];

#[test]
fn tokens_come_from_files_stdin_variables_and_profiles() {
    let emulator = Emulator::builder().demo(true).start_blocking().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    write(&token, format!("{}\n", emulator.token())).unwrap();
    let (base, token) = (emulator.base_url(), token.to_str().unwrap());
    run(desk(), READ.into_iter().chain(["--base-url", &base, "--token-file", token])).ok();
    let arguments: Vec<_> = READ.into_iter().chain(["--base-url", &base, "--token-file", "-"]).collect();
    run_with_input(desk(), &arguments, emulator.token()).ok();

    let profile =
        |name: &str, base: &str, token: &str| format!("[{name}]\nbase_url = \"{base}\"\napi_token = \"{token}\"\n");
    let text = profile("default", "http://127.0.0.1:9/v1", "wrong") + &profile("local", &base, emulator.token());
    file(dir.path(), &text, 0o600);
    run(at(dir.path()), READ.into_iter().chain(["--profile", "local"])).ok();
    // A profile that is asked for goes before variables.
    let mut command = at(dir.path());
    command.env("DESK_API_TOKEN", "wrong").env("DESK_BASE_URL", "http://127.0.0.1:9/v1");
    run(command, READ.into_iter().chain(["--profile", "local"])).ok();
    let unknown = run(at(dir.path()), READ.into_iter().chain(["--profile", "lokal", "--json"]));
    assert_eq!((unknown.code, &unknown.error()["hint"]), (4, &json!("it has: default, local")));
    // The token of a profile is for the profile's address.
    let elsewhere = run(at(dir.path()), READ.into_iter().chain(["--base-url", &base]));
    assert!(elsewhere.code == 4 && elsewhere.err.contains("for another address"), "{}", elsewhere.err);
    let wrong = run(desk(), READ.into_iter().chain(["--base-url", &base, "--token-file", "/dev/null"]));
    assert_ne!(wrong.code, 0);
    let mut command = desk();
    command.env("DESK_API_TOKEN", "wrong");
    assert_eq!(run(command, READ.into_iter().chain(["--base-url", &base])).code, 4);
    assert_eq!(run(desk(), ["chat-message", "list", "--token", "x"]).code, 2);
}

#[test]
fn a_credentials_file_that_others_could_have_read_or_made_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let text = "[default]\napplication_id = \"A\"\napi_token = \"s3cret\"\n";
    for mode in [0o640, 0o604, 0o644, 0o660] {
        file(dir.path(), text, mode);
        let refused = run(at(dir.path()), READ);
        assert!(refused.code == 4 && refused.err.contains("chmod 600"), "{}", refused.err);
    }
    file(dir.path(), "[default]\napi_token = s3cret\n", 0o600);
    let broken = run(at(dir.path()), READ);
    assert!(broken.code == 4 && broken.err.contains("near line") && !broken.err.contains("s3cret"), "{}", broken.err);
    file(dir.path(), text, 0o600);
    let other = tempfile::tempdir().unwrap();
    create_dir_all(other.path().join("desk")).unwrap();
    symlink(dir.path().join("desk/credentials.toml"), other.path().join("desk/credentials.toml")).unwrap();
    let linked = run(at(other.path()), READ);
    assert!(linked.code == 4 && linked.err.contains("not a regular file"), "{}", linked.err);
}

#[test]
fn what_is_missing_is_said() {
    let nothing = run(desk(), READ.into_iter().chain(["--json"]));
    assert_eq!((nothing.code, &nothing.error()["kind"]), (4, &json!("credentials")));
    let mut command = desk();
    command.env("DESK_API_TOKEN", "t");
    let address = run(command, READ);
    assert!(address.code == 2 && address.err.contains("--application-id"), "{}", address.err);
}
