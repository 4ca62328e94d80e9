//! The installed tree, moved to another place: what is in it, and programs that are built from it alone and run.
#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use testkit::Run;

/// What rustc says that the archive needs on Linux with glibc.
const SYSTEM_LIBS: [&str; 7] = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SHARED: &str = concat!("libdesk.so.", env!("CARGO_PKG_VERSION"));

/// What main.c and main.cpp print behind the version.
const PRINTED: &str = "
DESK_INVALID_ARGUMENT: application_id must be letters, digits and `-`, as in the dashboard (Settings, Application, General); \
copy it from there
DESK_CONNECT, 2 alive
0 alive
";

/// Where programs of this test find their sources.
fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/install").join(name)
}

/// A new folder for what a test makes.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("install").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What a command printed.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn install(destdir: &Path) -> String {
    let mut task = Command::new(env!("CARGO_BIN_EXE_xtask"));
    output(task.args(["install", "--prefix", "/opt/desk", "--destdir"]).arg(destdir))
}

/// The tree, installed once and moved.
fn tree() -> &'static Path {
    static TREE: OnceLock<PathBuf> = OnceLock::new();
    TREE.get_or_init(|| {
        let (from, to) = (folder("from"), folder("to").join("else where"));
        install(&from);
        fs::rename(from.join("opt/desk"), &to).expect("on one file system");
        to
    })
}

fn lib(name: &str) -> PathBuf {
    tree().join("lib").join(name)
}

/// Runs a program that needs nothing of this repository.
fn run(program: &Path, args: &[&str], shared: bool) -> String {
    let needed = output(Command::new("readelf").arg("--dynamic").arg(program));
    assert_eq!(needed.contains("libdesk"), shared, "{needed}");
    let path = lib("");
    let env = [("LD_LIBRARY_PATH", if shared { path.to_str().expect("UTF-8") } else { "" })];
    Run::of(program, args, &env).text()
}

fn compile(out: PathBuf, compiler: &str, flags: &[&str]) -> PathBuf {
    let standard = if compiler == "cc" { "-std=c99" } else { "-std=c++17" };
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    output(Command::new(compiler).arg(standard).args(strict).args(flags).arg("-o").arg(&out));
    out
}

fn pkg_config(args: &[&str]) -> Vec<String> {
    let mut command = Command::new("pkg-config");
    let text = output(command.env("PKG_CONFIG_PATH", lib("pkgconfig")).args(args).arg("desk"));
    // The folder has a space, which pkg-config escapes.
    let words = text.trim().replace("\\ ", "\0");
    words.split_whitespace().map(|word| word.replace('\0', " ")).collect()
}

/// Compiles main.c and main.cpp with these flags behind the source, and checks what they print.
fn both(name: &str, flags: &[String], shared: bool) {
    let folder = folder(name);
    for (compiler, file) in [("cc", "main.c"), ("c++", "main.cpp")] {
        let main = source(file);
        let mut all = vec![main.to_str().expect("UTF-8")];
        all.extend(flags.iter().map(String::as_str));
        assert_eq!(run(&compile(folder.join(compiler), compiler, &all), &[], shared), format!("{VERSION}{PRINTED}"));
    }
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn pkg_config_shared() {
    assert_eq!(pkg_config(&["--modversion"]), [VERSION]);
    both("pkg-config", &pkg_config(&["--cflags", "--libs"]), true);
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn pkg_config_static() {
    let flags = pkg_config(&["--cflags", "--libs", "--static"]);
    let system: Vec<&String> = flags.iter().filter(|flag| flag.starts_with("-l") && *flag != "-ldesk").collect();
    assert_eq!(system, SYSTEM_LIBS);
    let flags: Vec<String> = flags.iter().map(|flag| flag.replace("-ldesk", "-l:libdesk.a")).collect();
    both("pkg-config-static", &flags, false);
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn plain_compiler_static() {
    let mut flags = vec![format!("-I{}", tree().join("include").display()), format!("-L{}", lib("").display())];
    flags.push("-l:libdesk.a".to_owned());
    flags.extend(SYSTEM_LIBS.map(str::to_owned));
    both("plain", &flags, false);
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn cmake() {
    let project = folder("cmake");
    for name in ["CMakeLists.txt", "main.c", "main.cpp"] {
        fs::copy(source(name), project.join(name)).expect("a copy");
    }
    let cases: [(&str, &[&str], bool); 6] = [
        ("default", &[], true),
        ("option", &["-DDesk_USE_STATIC_LIBS=ON"], false),
        ("build-static", &["-DBUILD_SHARED_LIBS=OFF"], false),
        ("option-first", &["-DBUILD_SHARED_LIBS=OFF", "-DDesk_USE_STATIC_LIBS=OFF"], true),
        ("shared", &["-DWANTED=Desk::desk_shared", "-DBUILD_SHARED_LIBS=OFF"], true),
        ("static", &["-DWANTED=Desk::desk_static"], false),
    ];
    for (name, flags, shared) in cases {
        let build = project.join(name);
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(&project).arg("-B").arg(&build).args(["-G", "Ninja"]).args(flags);
        output(configure.arg(format!("-DCMAKE_PREFIX_PATH={}", tree().display())));
        output(Command::new("cmake").arg("--build").arg(&build));
        for program in ["c", "cpp"] {
            assert_eq!(run(&build.join(program), &[], shared), format!("{VERSION}{PRINTED}"), "{name}");
        }
    }
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn cmake_from_the_sources() {
    let project = folder("sources");
    let text = format!(
        "cmake_minimum_required(VERSION 3.15)\nproject(consumer C)\nadd_subdirectory(\"{}\" desk)\n\
         add_executable(c \"{}\")\ntarget_link_libraries(c PRIVATE Desk::desk)\n",
        xtask::root().join("crates/desk-ffi").display(),
        source("main.c").display(),
    );
    fs::write(project.join("CMakeLists.txt"), text).expect("a file");
    for (name, flag, shared) in [("shared", "ON", true), ("static", "OFF", false)] {
        let build = project.join(name);
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(&project).arg("-B").arg(&build).args(["-G", "Ninja"]);
        output(configure.arg(format!("-DBUILD_SHARED_LIBS={flag}")));
        output(Command::new("cmake").arg("--build").arg(&build));
        assert_eq!(run(&build.join("c"), &[], shared), format!("{VERSION}{PRINTED}"), "{name}");
    }
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn cmake_versions() {
    let project = folder("versions");
    for (wanted, fits) in [("0.0.1", true), (VERSION, true), ("0.999", false), ("1.0", false)] {
        let check = project.join(format!("version-{wanted}.cmake"));
        let config = lib("cmake/Desk/DeskConfigVersion.cmake");
        let text = format!(
            "set(PACKAGE_FIND_VERSION {wanted})\nset(PACKAGE_FIND_VERSION_MAJOR {})\ninclude(\"{}\")\n\
             if(NOT PACKAGE_VERSION_COMPATIBLE STREQUAL {})\n  message(FATAL_ERROR wrong)\nendif()\n",
            &wanted[..1],
            config.display(),
            if fits { "TRUE" } else { "FALSE" },
        );
        fs::write(&check, text).expect("a file");
        output(Command::new("cmake").arg("-P").arg(&check));
    }
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn loaded_at_run_time_twice() {
    let (main, include) = (source("plugin.c"), format!("-I{}", tree().join("include").display()));
    let flags = ["-D_DEFAULT_SOURCE", &include, main.to_str().expect("UTF-8"), "-ldl"];
    let program = compile(folder("plugin").join("plugin"), "cc", &flags);
    let library = lib("libdesk.so.0");
    let once = "DESK_CONNECT\n0 alive\n";
    assert_eq!(run(&program, &[library.to_str().expect("UTF-8")], false), format!("{once}still mapped\n{once}"));
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn static_beside_another_rust_archive() {
    let folder = folder("two");
    let second = folder.join("libsecond.a");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=staticlib", "-Copt-level=2", "-Clto=fat"]);
    output(rustc.arg(source("second.rs")).arg("-o").arg(&second));
    let (main, include) = (source("two.c"), format!("-I{}", tree().join("include").display()));
    let (desk, second) = (lib("libdesk.a"), second.to_str().expect("UTF-8"));
    let desk = desk.to_str().expect("UTF-8");
    for (name, archives) in [("desk-first", [desk, second]), ("second-first", [second, desk])] {
        let mut flags = vec![include.as_str(), main.to_str().expect("UTF-8")];
        flags.extend(archives.iter().chain(&SYSTEM_LIBS));
        let program = compile(folder.join(name), "cc", &flags);
        assert_eq!(run(&program, &[], false), "DESK_PANIC\n-1\n", "{name}");
    }
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn names_of_the_libraries() {
    let dynamic = output(Command::new("readelf").arg("--dynamic").arg(lib("libdesk.so")));
    assert!(dynamic.contains("soname: [libdesk.so.0]") && dynamic.contains("NODELETE"), "{dynamic}");
    let target = |name: &str| fs::read_link(lib(name)).expect("a link");
    assert_eq!(target("libdesk.so"), Path::new("libdesk.so.0"));
    assert_eq!(target("libdesk.so.0"), Path::new(SHARED));
    let header = fs::read_to_string(tree().join("include/desk.h")).expect("the header");
    assert!(header.contains(&format!("#define DESK_VERSION \"{VERSION}\"\n")));

    let symbols = |flags: &[&str], library: &str| -> BTreeSet<String> {
        let text = output(Command::new("nm").args(flags).arg("--defined-only").arg(lib(library)));
        let symbols = text.lines().filter(|line| !line.is_empty() && !line.ends_with(':'));
        symbols.filter_map(|line| line.split_whitespace().last().map(str::to_owned)).collect()
    };
    let mut functions = xtask::install::functions(&header);
    assert!(functions.len() > 50 && functions.contains("desk_version"), "{functions:?}");
    assert_eq!(symbols(&["--dynamic"], "libdesk.so"), functions);
    functions.insert("DW.ref.rust_eh_personality".to_owned());
    assert_eq!(symbols(&["--extern-only"], "libdesk.a"), functions);
    // 2.95 MB on x86-64; 3.95 MB without LTO.
    let size = lib(SHARED).metadata().expect("a file").len();
    assert!(size < 3_500_000, "libdesk.so has {size} bytes");
    // A debugger finds the line numbers by this name, in the folder `.debug`.
    let link = output(Command::new("readelf").arg("--string-dump=.gnu_debuglink").arg(lib("libdesk.so")));
    assert!(link.contains(&format!("{SHARED}.debug")), "{link}");
}

/// Every file and link of a tree.
fn contents(top: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let kind = path.symlink_metadata().expect("an entry").file_type();
            let name = path.strip_prefix(top).expect("below").to_owned();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                found.insert(name, fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes());
            } else {
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn the_same_tree_again_and_no_path_in_it() {
    let first = contents(tree());
    let names: Vec<&str> = first.keys().map(|path| path.to_str().expect("UTF-8")).collect();
    assert_eq!(
        names,
        [
            "include/desk.h",
            "include/desk.hpp",
            concat!("lib/.debug/libdesk.so.", env!("CARGO_PKG_VERSION"), ".debug"),
            "lib/cmake/Desk/DeskConfig.cmake",
            "lib/cmake/Desk/DeskConfigVersion.cmake",
            "lib/cmake/Desk/DeskTargets.cmake",
            "lib/libdesk.a",
            "lib/libdesk.so",
            "lib/libdesk.so.0",
            concat!("lib/libdesk.so.", env!("CARGO_PKG_VERSION")),
            "lib/pkgconfig/desk.pc",
            "share/doc/libdesk/LICENSE-APACHE",
            "share/doc/libdesk/LICENSE-MIT",
        ]
    );
    let again = folder("again");
    install(&again);
    install(&again);
    let second = contents(&again.join("opt/desk"));
    let differ: Vec<_> =
        first.keys().chain(second.keys()).filter(|path| first.get(*path) != second.get(*path)).collect();
    assert!(differ.is_empty(), "{differ:?}");

    let root = xtask::root();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_default();
    let paths = [std::env::var("HOME").unwrap_or_default(), cargo_home, root.display().to_string()];
    let target = xtask::toolchain::target_dir().display().to_string();
    let prefix = "/opt/desk".to_owned();
    for place in paths.iter().chain([&target, &prefix]).filter(|place| place.len() > 1) {
        let place = format!("{place}/").into_bytes();
        for (name, bytes) in &first {
            let found = bytes.windows(place.len()).any(|part| part == place);
            assert!(!found, "{} has {}", name.display(), String::from_utf8_lossy(&place));
        }
    }
}
