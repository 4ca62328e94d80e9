//! The files of a release: their contents, the same bytes from a second run, and programs that
//! build from each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{SYSTEM_LIBS, Tree, VERSION, contents, folder, no_paths, output};

fn package(out: &Path) -> String {
    output(Command::new(env!("CARGO_BIN_EXE_xtask")).args(["package", "--out"]).arg(out))
}

/// The folder of the files, which the tests make once.
fn made() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let out = folder("made");
        package(&out);
        out
    })
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(made()).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

fn file(end: &str) -> PathBuf {
    let mut found = names().into_iter().filter(|name| name.ends_with(end));
    let name = found.next().unwrap_or_else(|| panic!("no file ends in {end}"));
    assert_eq!(found.next(), None, "two files end in {end}");
    made().join(name)
}

fn ask(tool: &str, args: &[&str]) -> String {
    output(Command::new(tool).args(args)).trim().to_owned()
}

fn arch() -> String {
    ask("dpkg", &["--print-architecture"])
}

fn deb(package: &str) -> PathBuf {
    made().join(format!("{package}_{VERSION}-1_{}.deb", arch()))
}

/// The three packages, unpacked into one root.
fn unpacked(name: &str) -> PathBuf {
    let root = folder(name);
    for package in ["libdesk0", "libdesk-dev", "libdesk0-dbgsym"] {
        output(Command::new("dpkg-deb").arg("--extract").arg(deb(package)).arg(&root));
    }
    root
}

fn installed(root: &Path) -> Tree {
    let libdir = root.join("usr/lib").join(ask("dpkg-architecture", &["-q", "DEB_HOST_MULTIARCH"]));
    Tree { top: root.join("usr"), libdir }
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn the_files_and_their_checksums() {
    let triple = xtask::crates::host().expect("rustc").triple;
    let arch = arch();
    assert_eq!(
        names(),
        [
            "SHA256SUMS".to_owned(),
            format!("desk-{VERSION}-{triple}.cdx.json"),
            format!("desk-{VERSION}-{triple}.tar.gz"),
            format!("libdesk-dev_{VERSION}-1_{arch}.deb"),
            format!("libdesk0-dbgsym_{VERSION}-1_{arch}.deb"),
            format!("libdesk0_{VERSION}-1_{arch}.deb"),
        ]
    );
    output(Command::new("sha256sum").current_dir(made()).args(["--check", "--strict", "--quiet", "SHA256SUMS"]));
    let sums = fs::read_to_string(made().join("SHA256SUMS")).expect("the sums");
    let listed: BTreeSet<&str> = sums.lines().filter_map(|line| line.split("  ").nth(1)).collect();
    assert!(names().iter().all(|name| name == "SHA256SUMS" || listed.contains(name.as_str())), "{sums}");
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn the_same_again_at_another_time_and_with_another_umask() {
    let again = folder("package-again");
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"umask 077 && exec "$0" package --out "$1""#, env!("CARGO_BIN_EXE_xtask")]).arg(&again);
    output(shell.current_dir("/"));
    let (first, second) = (contents(made()), contents(&again));
    let differ: Vec<_> = first.keys().filter(|name| first.get(*name) != second.get(*name)).collect();
    assert!(differ.is_empty() && first.len() == second.len(), "{differ:?}");
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn lintian_has_nothing_to_say() {
    let mut lintian = Command::new("lintian");
    lintian
        .args(["--fail-on", "error,warning", "--allow-root"])
        .args(["libdesk0", "libdesk-dev", "libdesk0-dbgsym"].map(deb));
    assert_eq!(output(&mut lintian), "");
    // lintian works: it refuses a package with a misplaced file.
    let top = folder("bad");
    output(Command::new("dpkg-deb").arg("--raw-extract").arg(deb("libdesk0")).arg(&top));
    fs::remove_dir_all(top.join("usr/lib")).expect("a folder");
    fs::create_dir_all(top.join("usr/local/bin")).expect("a folder");
    let bad = folder("bad-deb").join("bad.deb");
    output(Command::new("dpkg-deb").arg("--root-owner-group").arg("--build").arg(&top).arg(&bad));
    let found = Command::new("lintian").args(["--fail-on", "error,warning", "--allow-root"]).arg(&bad).output();
    let found = found.expect("lintian runs");
    let text = String::from_utf8_lossy(&found.stdout);
    assert!(!found.status.success() && text.contains("dir-in-usr-local"), "{text}");
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn the_control_files() {
    let control = |package: &str| {
        let top = folder(&format!("control-{package}"));
        output(Command::new("dpkg-deb").arg("--control").arg(deb(package)).arg(&top));
        let files = contents(&top).into_iter();
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        files.map(|(name, bytes)| (name.display().to_string(), text(bytes))).collect::<BTreeMap<_, _>>()
    };
    let field = |control: &BTreeMap<String, String>, name: &str| {
        let line = control["control"].lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    };
    let (runtime, dev) = (control("libdesk0"), control("libdesk-dev"));
    assert_eq!(runtime["shlibs"], format!("libdesk 0 libdesk0 (>= {VERSION})\n"));
    assert_eq!(runtime["triggers"], "activate-noawait ldconfig\n");
    for package in [&dev, &control("libdesk0-dbgsym")] {
        assert_eq!(field(package, "Depends"), format!("libdesk0 (= {VERSION}-1)"));
    }

    // apt can install the packages on this machine.
    let mut apt = Command::new("apt-get");
    let plan =
        output(apt.env("LC_ALL", "C").args(["--simulate", "install"]).args(["libdesk0", "libdesk-dev"].map(deb)));
    assert!(plan.contains("\nConf libdesk0 ") && plan.contains("\nConf libdesk-dev "), "{plan}");

    // The package requires the glibc version of the newest symbol, and only the libraries that the
    // library uses.
    let root = unpacked("control-root");
    let library = installed(&root).lib("libdesk.so.0");
    let versions = output(Command::new("readelf").args(["--wide", "--version-info"]).arg(&library));
    let versions = versions.split("GLIBC_").skip(1).filter_map(|rest| rest.split_whitespace().next());
    let newest =
        versions.max_by_key(|version| version.split('.').map(|part| part.parse::<u32>().ok()).collect::<Vec<_>>());
    let depends = field(&runtime, "Depends");
    let wanted: Vec<&str> = depends.split(", ").map(|one| one.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(wanted, ["libc6", "libgcc-s1"]);
    assert!(depends.contains(&format!("libc6 (>= {})", newest.expect("a version"))), "{depends} {newest:?}");

    // The symbols file lists the library's symbols, each with its version.
    let exported = xtask::abi::exports(&library).expect("nm");
    let symbols = runtime["symbols"].lines().skip(2).map(|line| line.trim().replace("@Base", ""));
    let symbols: BTreeSet<String> = symbols.filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
    assert_eq!(symbols, exported);
    assert!(runtime["symbols"].contains("\n desk_version@Base 0.1.0\n"), "{}", runtime["symbols"]);

    // Debuggers find the line numbers by the library's build id.
    let id = output(Command::new("readelf").arg("--notes").arg(&library));
    let id = id.lines().find_map(|line| line.trim().strip_prefix("Build ID: ")).expect("an id");
    let debug = root.join("usr/lib/debug/.build-id").join(&id[..2]).join(format!("{}.debug", &id[2..]));
    let sections = output(Command::new("readelf").args(["--wide", "--sections"]).arg(debug));
    assert!(sections.contains(".debug_line"), "{sections}");
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn programs_from_the_debian_packages() {
    let tree = installed(&unpacked("root"));
    assert_eq!(tree.pkg_config(&["--modversion"]), [VERSION]);
    tree.both(&folder("deb-shared"), &tree.pkg_config(&["--cflags", "--libs"]), true);
    let mut flags = tree.pkg_config(&["--cflags", "--libs"]);
    flags.iter_mut().filter(|flag| *flag == "-ldesk").for_each(|flag| *flag = "-l:libdesk.a".to_owned());
    flags.extend(SYSTEM_LIBS.map(str::to_owned));
    tree.both(&folder("deb-static"), &flags, false);
    tree.cmake(&folder("deb-cmake"), "build", &[], true);
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn programs_from_the_tarball() {
    let root = folder("some where");
    output(Command::new("tar").arg("--extract").arg("--file").arg(file(".tar.gz")).arg("--directory").arg(&root));
    let mut entries = fs::read_dir(&root).expect("a folder");
    let top = entries.next().expect("a folder").expect("an entry").path();
    assert!(
        entries.next().is_none()
            && file(".tar.gz")
                .to_str()
                .expect("UTF-8")
                .ends_with(&format!("{}.tar.gz", top.file_name().expect("a name").display()))
    );
    let tree = Tree { libdir: top.join("lib"), top };
    tree.cmake(&folder("tar-cmake"), "shared", &[], true);
    tree.cmake(&folder("tar-cmake-static"), "static", &["-DBUILD_SHARED_LIBS=OFF"], false);
    tree.both(&folder("tar-pkg-config"), &tree.pkg_config(&["--cflags", "--libs"]), true);

    let listed =
        ask("tar", &["--list", "--verbose", "--numeric-owner", "--file", file(".tar.gz").to_str().expect("UTF-8")]);
    assert!(listed.lines().all(|line| line.split_whitespace().nth(1) == Some("0/0")), "{listed}");
}

#[test]
#[ignore = "needs dpkg-dev, lintian, cmake, pkg-config and an LTO build; .ci/run has them"]
fn no_path_of_this_machine_is_in_any_of_them() {
    let root = unpacked("paths");
    output(Command::new("tar").arg("--extract").arg("--file").arg(file(".tar.gz")).arg("--directory").arg(&root));
    fs::copy(file(".cdx.json"), root.join("bom.json")).expect("a copy");
    for package in ["libdesk0", "libdesk-dev", "libdesk0-dbgsym"] {
        output(Command::new("dpkg-deb").arg("--control").arg(deb(package)).arg(root.join(package)));
    }
    // Search compressed files too.
    for name in contents(&root).into_keys().filter(|name| name.extension().is_some_and(|end| end == "gz")) {
        output(Command::new("gunzip").arg(root.join(name)));
    }
    let files = contents(&root);
    assert!(files.len() > 30, "{:?}", files.keys());
    no_paths(&root, &[]);
    let bom = String::from_utf8_lossy(&files[Path::new("bom.json")]);
    assert!(bom.contains("pkg:cargo/rustls@") && !bom.contains("file:"), "{bom}");
    let notices = files.iter().find(|(name, _)| name.ends_with("libdesk0/THIRD-PARTY.txt")).expect("the notices").1;
    assert_eq!(
        Some(notices),
        files.iter().find(|(name, _)| name.ends_with("libdesk/THIRD-PARTY.txt")).map(|(_, text)| text)
    );
}
