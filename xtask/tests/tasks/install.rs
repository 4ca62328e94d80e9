//! The installed tree after a move: its files, and programs that build from it alone and run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{
    PRINTED, SHARED, SYSTEM_LIBS, Tree, VERSION, compile, contents, folder, no_paths, output, source,
};

fn install(destdir: &Path) -> String {
    let mut task = Command::new(env!("CARGO_BIN_EXE_xtask"));
    output(task.args(["install", "--prefix", "/opt/desk", "--destdir"]).arg(destdir))
}

/// The tree, installed once and moved.
fn tree() -> &'static Tree {
    static TREE: OnceLock<Tree> = OnceLock::new();
    TREE.get_or_init(|| {
        let (from, top) = (folder("from"), folder("to").join("else where"));
        install(&from);
        fs::rename(from.join("opt/desk"), &top).expect("on one file system");
        Tree { libdir: top.join("lib"), top }
    })
}

fn lib(name: &str) -> PathBuf {
    tree().lib(name)
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn pkg_config_shared() {
    assert_eq!(tree().pkg_config(&["--modversion"]), [VERSION]);
    tree().both(&folder("pkg-config"), &tree().pkg_config(&["--cflags", "--libs"]), true);
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn pkg_config_static() {
    let flags = tree().pkg_config(&["--cflags", "--libs", "--static"]);
    let system: Vec<&String> = flags.iter().filter(|flag| flag.starts_with("-l") && *flag != "-ldesk").collect();
    assert_eq!(system, SYSTEM_LIBS);
    let flags: Vec<String> = flags.iter().map(|flag| flag.replace("-ldesk", "-l:libdesk.a")).collect();
    tree().both(&folder("pkg-config-static"), &flags, false);
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn plain_compiler_static() {
    let mut flags = vec![format!("-I{}", tree().top.join("include").display()), format!("-L{}", lib("").display())];
    flags.push("-l:libdesk.a".to_owned());
    flags.extend(SYSTEM_LIBS.map(str::to_owned));
    tree().both(&folder("plain"), &flags, false);
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn cmake() {
    let project = folder("cmake");
    let cases: [(&str, &[&str], bool); 6] = [
        ("default", &[], true),
        ("option", &["-DDesk_USE_STATIC_LIBS=ON"], false),
        ("build-static", &["-DBUILD_SHARED_LIBS=OFF"], false),
        ("option-first", &["-DBUILD_SHARED_LIBS=OFF", "-DDesk_USE_STATIC_LIBS=OFF"], true),
        ("shared", &["-DWANTED=Desk::desk_shared", "-DBUILD_SHARED_LIBS=OFF"], true),
        ("static", &["-DWANTED=Desk::desk_static"], false),
    ];
    for (name, flags, shared) in cases {
        tree().cmake(&project, name, flags, shared);
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
        assert_eq!(tree().run(&build.join("c"), &[], shared), PRINTED, "{name}");
    }
}

/// Runs the commands and the CMake lines of the README's section Install.
#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn what_the_readme_says() {
    let readme = fs::read_to_string(xtask::root().join("README.md")).expect("the README");
    let section = readme.split("\n## ").find(|section| section.starts_with("Install\n")).expect("the section");
    let project = folder("readme");
    // The tree's own path contains a space, at which a shell would split it.
    std::os::unix::fs::symlink(&tree().top, project.join("tree")).expect("a link");
    fs::copy(source("main.c"), project.join("main.c")).expect("a copy");
    let here = project.to_str().expect("UTF-8");
    let commands: Vec<_> = section.lines().filter(|line| line.starts_with("cc main.c")).collect();
    assert_eq!(commands.len(), 4);
    for command in commands {
        let mut shell = Command::new("sh");
        shell.args(["-ec", &command.replace('…', &format!("{here}/tree"))]).current_dir(&project);
        output(shell.env("PKG_CONFIG_PATH", project.join("tree/lib/pkgconfig")));
        let shared = !command.contains("libdesk.a");
        assert_eq!(tree().run(&project.join("main"), &[], shared), PRINTED, "{command}");
    }
    let lines = section.split("```cmake\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let text = format!("cmake_minimum_required(VERSION 3.15)\nproject(readme C)\nadd_executable(main main.c)\n{lines}");
    fs::write(project.join("CMakeLists.txt"), text).expect("a file");
    let mut configure = Command::new("cmake");
    configure.arg("-S").arg(&project).arg("-B").arg(project.join("build"));
    output(configure.arg(format!("-DCMAKE_PREFIX_PATH={here}/tree")));
    output(Command::new("cmake").arg("--build").arg(project.join("build")));
    assert_eq!(tree().run(&project.join("build/main"), &[], true), PRINTED);
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
    let (main, include) = (source("plugin.c"), format!("-I{}", tree().top.join("include").display()));
    let flags = ["-D_DEFAULT_SOURCE", &include, main.to_str().expect("UTF-8"), "-ldl"];
    let program = compile(folder("plugin").join("plugin"), "cc", &flags);
    let library = lib("libdesk.so.0");
    let once = "DESK_CONNECT\n0 alive\n";
    assert_eq!(tree().run(&program, &[library.to_str().expect("UTF-8")], false), format!("{once}still mapped\n{once}"));
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn static_beside_another_rust_archive() {
    let folder = folder("two");
    let second = folder.join("libsecond.a");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=staticlib", "-Copt-level=2", "-Clto=fat"]);
    output(rustc.arg(source("second.rs")).arg("-o").arg(&second));
    let (main, include) = (source("two.c"), format!("-I{}", tree().top.join("include").display()));
    let (desk, second) = (lib("libdesk.a"), second.to_str().expect("UTF-8"));
    let desk = desk.to_str().expect("UTF-8");
    for (name, archives) in [("desk-first", [desk, second]), ("second-first", [second, desk])] {
        let mut flags = vec![include.as_str(), main.to_str().expect("UTF-8")];
        flags.extend(archives.iter().chain(&SYSTEM_LIBS));
        let program = compile(folder.join(name), "cc", &flags);
        assert_eq!(tree().run(&program, &[], false), "DESK_PANIC\n-1\n", "{name}");
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
    let header = fs::read_to_string(tree().top.join("include/desk.h")).expect("the header");
    assert!(header.contains(&format!("#define DESK_VERSION \"{VERSION}\"\n")));

    let symbols = |flags: &[&str], library: &str| -> BTreeSet<String> {
        let text = output(Command::new("nm").args(flags).arg("--defined-only").arg(lib(library)));
        let symbols = text.lines().filter(|line| !line.is_empty() && !line.ends_with(':'));
        symbols.filter_map(|line| line.split_whitespace().last().map(str::to_owned)).collect()
    };
    let mut functions = xtask::install::names::functions(&header);
    assert!(functions.len() > 50 && functions.contains("desk_version"), "{functions:?}");
    assert_eq!(symbols(&["--dynamic"], "libdesk.so"), functions);
    functions.insert("DW.ref.rust_eh_personality".to_owned());
    assert_eq!(symbols(&["--extern-only"], "libdesk.a"), functions);
    let needed =
        dynamic.lines().filter(|line| line.contains("(NEEDED)")).filter_map(|line| line.split(['[', ']']).nth(1));
    for library in needed {
        // The loader is part of libc.
        assert!(
            ["libc.", "libm.", "libgcc_s.", "ld-linux"].iter().any(|known| library.starts_with(known)),
            "{library}"
        );
    }
    // The size limit with LTO; without LTO the library is a third larger.
    let size = lib(SHARED).metadata().expect("a file").len();
    assert!(size <= 3_000_000, "libdesk.so has {size} bytes");
    // A debugger finds the line numbers by this name, in the folder `.debug`.
    let (link, bytes) = (format!("{SHARED}.debug\0"), fs::read(lib("libdesk.so")).expect("the library"));
    assert!(bytes.windows(link.len()).any(|place| place == link.as_bytes()), "{link} is not in libdesk.so");
}

#[test]
#[ignore = "needs cmake and pkg-config and an LTO build; .ci/run has them"]
fn the_same_tree_again_and_no_path_in_it() {
    let first = contents(&tree().top);
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
            "share/doc/libdesk/THIRD-PARTY.txt",
        ]
    );
    let again = folder("install-again");
    install(&again);
    install(&again);
    let second = contents(&again.join("opt/desk"));
    let differ: Vec<_> =
        first.keys().chain(second.keys()).filter(|path| first.get(*path) != second.get(*path)).collect();
    assert!(differ.is_empty(), "{differ:?}");

    no_paths(&tree().top, &["/opt/desk"]);
}
