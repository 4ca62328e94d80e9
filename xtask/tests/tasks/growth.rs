//! Growth for free: from a spec that the product does not know, codegen makes Rust, C and C++ that
//! compile under strict warnings, and programs that use every new operation and read every field
//! back. Only `growth/` has hand-written lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{Language, Program, Request, Run, Server, Step, compilers, reply};
use xtask::codegen::{command, generate};
use xtask::{root, toolchain};

/// A workspace with the hand-written sources of the product and the generated files of the other
/// spec. Files that have not changed since the last run stay as they are, so that cargo rebuilds
/// only the dependents of a change.
fn workspace() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("growth");
    let root = root();
    let mut files = BTreeMap::new();
    for name in ["desk-cli", "desk-client", "desk-core", "desk-ffi", "desk-json"] {
        let (from, to) = (root.join("crates").join(name), Path::new("crates").join(name));
        // The library and the program have their own names, so that they do not overwrite the
        // product's.
        let manifest = fs::read_to_string(from.join("Cargo.toml")).expect("a manifest");
        let (head, tail) = manifest.split_once("[dev-dependencies]").unwrap_or((&manifest, "[lints]"));
        let lints = tail.find("[lints]").map_or("", |at| &tail[at..]);
        let own = if head.contains("[lints]") { "" } else { lints };
        let manifest = format!("{head}{own}").replace("name = \"desk\"", "name = \"growth\"");
        // The programs in this test need only the shared library.
        let manifest = manifest.replace(r#"["cdylib", "staticlib", "lib"]"#, r#"["cdylib"]"#);
        files.insert(to.join("Cargo.toml"), manifest.into_bytes());
        read_files(&from.join("src"), &to.join("src"), "generated", &mut files);
    }
    let spec = fs::read_to_string(root.join("xtask/tests/growth/spec.yaml")).expect("the spec");
    let runtime = command::runtime(&root).expect("the runtime's sources");
    let generated = generate("spec.yaml", &spec, &runtime, "0.1.0").expect("it can be generated");
    files.extend(generated.files.into_iter().map(|(path, text)| (PathBuf::from(path), text.into_bytes())));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the manifest");
    let manifest = manifest.replace(r#"members = ["crates/*", "examples/rust", "xtask"]"#, r#"members = ["crates/*"]"#);
    // The manifest refers to the original emulator, because this build of the command leaves it
    // out.
    let emulator = format!("path = \"{}\"", root.join("crates/desk-emulator").display());
    let manifest = manifest.replace(r#"path = "crates/desk-emulator""#, &emulator);
    // The workspace has its own version: cargo tells the crates of two workspaces in one target
    // folder apart by name and version, and would otherwise take the product's crates for these.
    let version = concat!("version = \"", env!("CARGO_PKG_VERSION"));
    assert!(manifest.contains(version));
    let manifest = manifest.replace(version, &format!("{version}-growth"));
    files.insert(PathBuf::from("Cargo.toml"), manifest.into_bytes());
    files.insert(PathBuf::from("Cargo.lock"), fs::read(root.join("Cargo.lock")).expect("the lock file"));
    write_changed(&dir, &files);
    dir
}

/// Reads the files below `from`, except those in a folder named `skipped`.
fn read_files(from: &Path, to: &Path, skipped: &str, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for source in fs::read_dir(from).expect("sources").flatten() {
        let target = to.join(source.file_name());
        if source.path().is_file() {
            files.insert(target, fs::read(source.path()).expect("a source"));
        } else if source.file_name() != skipped {
            read_files(&source.path(), &target, skipped, files);
        }
    }
}

/// Makes `dir` hold these files and no other sources.
fn write_changed(dir: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    let mut there = BTreeMap::new();
    for folder in ["crates", "include"].into_iter().filter(|folder| dir.join(folder).exists()) {
        read_files(&dir.join(folder), Path::new(folder), "", &mut there);
    }
    for stray in there.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(dir.join(stray)).expect("a file");
    }
    for (path, text) in files {
        let file = dir.join(path);
        if fs::read(&file).ok().as_ref() != Some(text) {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        }
    }
}

/// An order with a value in every property.
fn full() -> Value {
    json!({
        "id": 7, "serial": i64::MAX, "open": true, "total": 0.1, "due": "2024-02-29", "madeAt": "2019-03-12T14:25:41.5+09:00",
        "note": "n\u{e9}\u{1F600}\0!", "state": "IN_WORK", "customer": {"name": "Mia", "address": {"street": "Main", "floor": -1}},
        "lines": [{"sku": "a", "count": 1, "parts": [{"sku": "b", "count": 2}]}, {"sku": "c", "count": 3, "parts": null}],
        "tags": ["x", ""], "states": ["NEW", "LATER"], "spare": "s", "ratings": [1.5, null, -2],
        "moments": ["1969-12-31T23:59:59.999999Z"], "smallMaybe": -5, "largeMaybe": 5, "openMaybe": false, "totalMaybe": 2.5,
        "dueMaybe": "1999-12-31", "madeMaybe": "2019-03-12T05:25:41Z", "noteMaybe": "", "stateMaybe": "NEVER",
        "customerMaybe": {"name": "Tom", "address": null}, "linesMaybe": [{"sku": "d", "count": 0}],
        "tagsMaybe": [null, "y"], "anything": [1, {"a": null}], "type": "t", "default": "d",
        "delivery": {"mode": "by_bike2", "window": {"from": "2019-03-12T05:25:41Z", "hours": [1, 2], "exact": [true, false]}},
        "brandNew": {}
    })
}

/// A minimal order: null if the spec allows it, otherwise absent.
fn sparse() -> Value {
    json!({
        "id": 1, "serial": 2, "open": false, "total": 3, "due": "2026-01-31", "madeAt": "2019-03-12T05:25:41Z", "note": "",
        "state": "", "customer": {"name": ""}, "lines": [], "tags": [], "states": [], "spare": null, "ratings": [], "moments": [],
        "smallMaybe": null, "largeMaybe": null, "openMaybe": null, "totalMaybe": null, "dueMaybe": null, "madeMaybe": null,
        "noteMaybe": null, "stateMaybe": null, "customerMaybe": null, "linesMaybe": null, "tagsMaybe": null, "anything": null
    })
}

fn serve(request: &Request) -> Vec<Step> {
    let answer = match (request.method.as_str(), request.target.as_str()) {
        ("DELETE", _) => return vec![reply(204, &[], b"")],
        (_, target) if target.contains("/orders?") => json!({ "count": 2, "results": [sparse(), full()] }),
        (_, target) if target.contains("sparse") => sparse(),
        _ => full(),
    };
    vec![reply(if request.method == "PATCH" { 202 } else { 200 }, &[], answer.to_string().as_bytes())]
}

fn expected_change() -> Value {
    json!({
        "note": "n", "due": "2026-01-31", "customer": {"name": "Mia", "address": {"street": "Main", "floor": -1}},
        "tags": ["a", ""], "spare": null, "open": false, "total": 1.25, "small": -5, "madeAt": "2019-03-12T05:25:41.032Z",
        "state": "FUTURE", "states": ["DONE", "NEW"],
        "lines": [{"sku": "l", "count": 1, "parts": [{"sku": "p", "count": 2}]}, {"sku": "p", "count": 2}],
        "flags": [true, false], "totals": [0.5, 1e300], "moments": ["2019-03-12T05:25:41.000001Z"], "days": ["2024-02-29"],
        "words": ["w", null], "anything": {"deep": [1, null]}, "class": "first"
    })
}

#[test]
fn a_new_resource_reaches_rust_c_and_cpp() {
    let dir = workspace();
    let target = toolchain::debug_dir();
    let mut cargo = toolchain::cargo();
    cargo.current_dir(&dir).args(["build", "--quiet", "--offline", "--no-default-features"]);
    cargo.args(["--package", "desk-ffi", "--package", "desk-cli"]);
    // The dependencies are those of the product, which are already built.
    cargo.env("CARGO_TARGET_DIR", target.parent().expect("a folder"));
    let output = cargo.output().expect("cargo runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");

    let mut outputs = Vec::new();
    let programs = compilers(Language::C).into_iter().map(|compiler| (compiler, "c11", "main.c"));
    let programs = programs.chain(compilers(Language::Cpp).into_iter().map(|compiler| (compiler, "c++17", "main.cpp")));
    for (compiler, standard, source) in programs {
        let program = Program::new(compiler, standard, &dir.join("include"))
            .source(root().join("xtask/tests/growth").join(source))
            .link(&target, "growth")
            .build(&dir.join(compiler));
        let server = Server::start(serve);
        let base = format!("{}/v1", server.url());
        let text = Run::of(&program, &[], &[("DESK_BASE_URL", &base)]).text();
        let requests = server.requests();
        let seen: Vec<String> =
            requests.iter().map(|request| format!("{} {}", request.method, request.target)).collect();
        let order = "/v1/shops/caf%C3%A9%2F50%25%3F%23/orders/7";
        // An export counts, reads and counts again.
        let exported = |until: &str, limit: u8| {
            let day = format!("made__gte=2019-03-12T00%3A00%3A00Z&made__lte=2019-03-{until}");
            format!("GET /v1/shops/caf%C3%A9%2F50%25%3F%23/orders?{day}&only_state=NEW&page_size={limit}&skip=0")
        };
        let wanted = [
            format!("GET {order}"),
            "GET /v1/shops/sparse/orders/7".to_owned(),
            format!("PATCH {order}"),
            format!("DELETE {order}"),
            "GET /v1/orders?class=a+b%26c&created__gte=2019-03-12T05%3A25%3A41.032Z&due__lt=2026-01-31&ids=1&ids=2\
             &min_total=0.25&page_size=9&paid=true&state=DONE&state=NEW&tag=a&tag="
                .to_owned(),
            "GET /v1/shops/caf%C3%A9%2F50%25%3F%23/orders?only_state=NEW&page_size=9&skip=0".to_owned(),
            exported("12T23%3A59%3A59.999999Z", 1),
            exported("13T00%3A00%3A00Z", 9),
            exported("13T00%3A00%3A00Z", 1),
        ];
        assert_eq!(seen, wanted, "{compiler}");
        let body: Value = serde_json::from_slice(&requests[2].body).expect("JSON");
        assert_eq!(body, expected_change(), "{compiler}");
        assert!(requests.iter().all(|request| request.header("x-growth-key") == Some("key")));
        outputs.push((compiler, text));
    }
    headers_compile_in_every_standard(&dir);
    for (compiler, text) in &outputs {
        assert_eq!(text, &outputs[0].1, "{compiler} prints something else");
    }
    insta::assert_snapshot!("growth", outputs[0].1);
    commands(&target.join("growth"));
}

/// Tests the command line of the other spec: a command for each operation, an option for each
/// parameter and property.
fn commands(program: &Path) {
    let server = Server::start(serve);
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(program);
        command.env("DESK_BASE_URL", format!("{}/v1", server.url())).env("DESK_API_TOKEN", "key");
        let output = command.args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(run(&["order", "get", "caf\u{e9}/50%?#", "7", "--json"]).trim_end(), full().to_string());
    assert_eq!(run(&["order", "delete", "s", "7"]), "");
    let query = "--state DONE,NEW --tag a --tag b,c --ids 1,2 --paid true --min-total 0.25 --page-size 9 --due-lt 2026-01-31 \
                 --created-gte 2019-03-12T05:25:41.032Z --class a";
    run(&[&["order", "list"], query.split_whitespace().collect::<Vec<_>>().as_slice()].concat());
    run(&["shop-order", "list", "s", "--all", "--only-state", "NEW"]);
    let body = json!({ "customer": {"name": "Mia"}, "tags": ["a"], "spare": null, "words": ["w", null] }).to_string();
    let file = program.with_file_name("growth-body.json");
    fs::write(&file, body).expect("a file");
    let options = "--note n --due 2026-01-31 --total 1.25 --small -5 --states DONE --lines [{\"sku\":\"l\",\"count\":1}] --open false";
    let file = file.display().to_string();
    let arguments = ["order", "update", "s", "7", "--body", &file];
    run(&[&arguments, options.split_whitespace().collect::<Vec<_>>().as_slice()].concat());
    let requests = server.requests();
    let targets: Vec<_> = requests.iter().map(|request| format!("{} {}", request.method, request.target)).collect();
    let wanted = [
        "GET /v1/shops/caf%C3%A9%2F50%25%3F%23/orders/7",
        "DELETE /v1/shops/s/orders/7",
        "GET /v1/orders?class=a&created__gte=2019-03-12T05%3A25%3A41.032Z&due__lt=2026-01-31&ids=1&ids=2&min_total=0.25\
         &page_size=9&paid=true&state=DONE&state=NEW&tag=a&tag=b%2Cc",
        "GET /v1/shops/s/orders?only_state=NEW&page_size=9&skip=0",
        "PATCH /v1/shops/s/orders/7",
    ];
    assert_eq!(targets, wanted);
    let body: Value = serde_json::from_slice(&requests[4].body).expect("JSON");
    let wanted = json!({
        "note": "n", "due": "2026-01-31", "total": 1.25, "small": -5, "states": ["DONE"], "open": false, "tags": ["a"],
        "lines": [{"sku": "l", "count": 1}], "customer": {"name": "Mia"}, "spare": null, "words": ["w", null]
    });
    assert_eq!(body, wanted);
}

fn headers_compile_in_every_standard(dir: &Path) {
    let tests = root().join("xtask/tests/growth");
    let check = |compiler: &str, standard: &str, flags: &[&str], source: &str| {
        let program = Program::new(compiler, standard, &dir.join("include")).flag("-c").source(tests.join(source));
        let out = dir.join(format!("{compiler}-{standard}-{source}{}.o", flags.concat()));
        flags.iter().fold(program, |program, flag| program.flag(flag)).build(&out);
    };
    for compiler in compilers(Language::C) {
        ["c99", "c17"].iter().for_each(|standard| check(compiler, standard, &[], "main.c"));
    }
    for compiler in compilers(Language::Cpp) {
        check(compiler, "c++20", &["-Wold-style-cast"], "main.cpp");
        check(compiler, "c++17", &["-fno-exceptions", "-fno-rtti"], "main.cpp");
    }
}
