//! Locates the built library and the headers, and builds test programs from them.
//!
//! `DESK_TEST_LIBRARY` names a folder with another build of the library, such as one with
//! sanitizers; CI sets it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use testkit::{Language, Program, Request, Server, Step, compilers, reply};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    xtask::root()
}

/// The folder of the library; cargo does not build the library for tests by itself.
pub(crate) fn library_dir() -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    let dir = DIR.get_or_init(|| {
        if let Some(dir) = std::env::var_os("DESK_TEST_LIBRARY") {
            return dir.into();
        }
        // target/<profile>/deps/<this test>
        let test = std::env::current_exe().expect("a path");
        let dir = test.ancestors().nth(2).expect("target/<profile>");
        let profile = dir.file_name().and_then(|name| name.to_str()).expect("a profile");
        let mut cargo = xtask::toolchain::cargo();
        cargo.args(["build", "--quiet", "--package", "desk-ffi", "--profile"]);
        let built = cargo.arg(if profile == "debug" { "dev" } else { profile }).status();
        assert!(built.expect("cargo runs").success(), "libdesk does not build");
        dir.to_owned()
    });
    dir.clone()
}

/// The folder for programs that tests build.
pub(crate) fn out_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// A program that finds the headers, not linked yet.
pub(crate) fn program(compiler: &str, standard: &str) -> Program {
    Program::new(compiler, standard, &root().join("include"))
}

/// Builds `tests/c/<source>` with the system's compiler and links libdesk, once for all tests of a
/// file.
pub(crate) fn build(source: &str) -> PathBuf {
    build_as(source, if source.ends_with(".cpp") { "c++17" } else { "c11" })
}

/// Like [`build`], in another standard of the language.
pub(crate) fn build_as(source: &str, standard: &str) -> PathBuf {
    build_with(source, standard, &[])
}

/// Like [`build_as`], with more flags.
pub(crate) fn build_with(source: &str, standard: &str, flags: &[&str]) -> PathBuf {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().expect("a build that failed has said why");
    let name = format!("{}-{}-{standard}{}", env!("CARGO_CRATE_NAME"), source.replace('.', "-"), flags.concat());
    if let Some(program) = built.get(&name) {
        return program.clone();
    }
    let compiler = compilers(if source.ends_with(".cpp") { Language::Cpp } else { Language::C })[0];
    let path = root().join("crates/desk-ffi/tests/c").join(source);
    // The test programs use POSIX in addition to the language.
    let program = program(compiler, standard).flag("-D_POSIX_C_SOURCE=200809L").source(path);
    let program = flags.iter().fold(program, |program, flag| program.flag(flag));
    let program = program.link(&library_dir(), "desk").build(&out_dir().join(&name));
    built.insert(name, program.clone());
    program
}

/// The chat with the requested id; 500 never responds, 600 is large.
pub(crate) fn chat(request: &Request) -> Vec<Step> {
    let id = if request.method == "POST" { "1" } else { request.target.rsplit('/').next().unwrap_or_default() };
    if id == "500" {
        return vec![Step::Hang];
    }
    let message = if id == "600" { "x".repeat(200_000) } else { "hi".to_owned() };
    let chat = format!(
        r#"{{"id":{id},"project":1,"message":"{message}","messageCount":1,"sentCount":0,"respondedCount":0,"closedCount":0,
            "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"LOW"}}"#
    );
    vec![reply(200, &[], chat.as_bytes())]
}

const ROWS: usize = 8;

/// A list of eight messages. Of each four requests, the third and the fourth fail.
pub(crate) fn flaky_list() -> Server {
    let turn = Mutex::new(0);
    Server::start(move |request| {
        let mut turn = turn.lock().expect("no panic holds it");
        *turn += 1;
        if *turn % 4 == 3 || *turn % 4 == 0 { vec![reply(503, &[], b"")] } else { page(request) }
    })
}

/// A page of the list.
pub(crate) fn page(request: &Request) -> Vec<Step> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let number = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        pair.and_then(|value| value.parse::<usize>().ok())
    };
    let (limit, offset) = (number("limit").unwrap_or(50), number("offset").unwrap_or(0));
    let rows = (offset..ROWS.min(offset + limit)).map(|id| {
        format!(
            r#"{{"id":{id},"ticket":1,"userSendbirdId":"u","userType":"AGENT","createdAt":"2026-01-31T09:30:00Z","message":"text {id}"}}"#
        )
    });
    let rows = rows.collect::<Vec<_>>().join(",");
    vec![reply(200, &[], format!(r#"{{"count":{ROWS},"results":[{rows}]}}"#).as_bytes())]
}
