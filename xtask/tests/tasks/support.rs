//! Consumers of an installed tree: programs that build from it alone, by pkg-config, CMake or a
//! plain compiler, and run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::Run;

/// The libraries that the archive needs on Linux with glibc, as rustc reports them.
pub(crate) const SYSTEM_LIBS: [&str; 7] = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
pub(crate) const SHARED: &str = concat!("libdesk.so.", env!("CARGO_PKG_VERSION"));

/// The output of main.c and main.cpp.
pub(crate) const PRINTED: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "
DESK_INVALID_ARGUMENT: application_id must be letters, digits and `-`, as in the dashboard (Settings, Application, General); \
copy it from there
DESK_CONNECT, 2 alive
0 alive
"
);

/// The source of a test program.
pub(crate) fn source(name: &str) -> PathBuf {
    xtask::root().join("xtask/tests/install").join(name)
}

/// Makes a new folder for the files of a test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The output of a command.
pub(crate) fn output(command: &mut Command) -> String {
    xtask::toolchain::output(command).unwrap_or_else(|error| panic!("{error:#}"))
}

pub(crate) fn compile(out: PathBuf, compiler: &str, flags: &[&str]) -> PathBuf {
    let standard = if compiler == "cc" { "-std=c99" } else { "-std=c++17" };
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
    output(Command::new(compiler).arg(standard).args(strict).args(flags).arg("-o").arg(&out));
    out
}

/// An installed tree.
pub(crate) struct Tree {
    /// Its prefix.
    pub(crate) top: PathBuf,
    pub(crate) libdir: PathBuf,
}

impl Tree {
    pub(crate) fn lib(&self, name: &str) -> PathBuf {
        self.libdir.join(name)
    }

    /// Runs a program without any file of this repository.
    pub(crate) fn run(&self, program: &Path, args: &[&str], shared: bool) -> String {
        let needed = output(Command::new("readelf").arg("--dynamic").arg(program));
        assert_eq!(needed.contains("libdesk"), shared, "{needed}");
        let env = [("LD_LIBRARY_PATH", if shared { self.libdir.to_str().expect("UTF-8") } else { "" })];
        Run::of(program, args, &env).text()
    }

    pub(crate) fn pkg_config(&self, args: &[&str]) -> Vec<String> {
        let mut command = Command::new("pkg-config");
        let text = output(command.env("PKG_CONFIG_PATH", self.lib("pkgconfig")).args(args).arg("desk"));
        // The path may contain a space, which pkg-config escapes.
        let words = text.trim().replace("\\ ", "\0");
        words.split_whitespace().map(|word| word.replace('\0', " ")).collect()
    }

    /// Compiles main.c and main.cpp with these flags after the source, and checks their output.
    pub(crate) fn both(&self, folder: &Path, flags: &[String], shared: bool) {
        for (compiler, file) in [("cc", "main.c"), ("c++", "main.cpp")] {
            let main = source(file);
            let mut all = vec![main.to_str().expect("UTF-8")];
            all.extend(flags.iter().map(String::as_str));
            assert_eq!(self.run(&compile(folder.join(compiler), compiler, &all), &[], shared), PRINTED);
        }
    }

    /// Does the same with CMake, which gets the path of the tree.
    pub(crate) fn cmake(&self, project: &Path, name: &str, flags: &[&str], shared: bool) {
        for name in ["CMakeLists.txt", "main.c", "main.cpp"] {
            fs::copy(source(name), project.join(name)).expect("a copy");
        }
        let build = project.join(name);
        let mut configure = Command::new("cmake");
        configure.arg("-S").arg(project).arg("-B").arg(&build).args(["-G", "Ninja"]).args(flags);
        output(configure.arg(format!("-DCMAKE_PREFIX_PATH={}", self.top.display())));
        output(Command::new("cmake").arg("--build").arg(&build));
        for program in ["c", "cpp"] {
            assert_eq!(self.run(&build.join(program), &[], shared), PRINTED, "{name}");
        }
    }
}

/// Every file and link of a tree.
pub(crate) fn contents(top: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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

/// Asserts that no file of a tree contains a folder of the build machine, or one of `more`.
pub(crate) fn no_paths(top: &Path, more: &[&str]) {
    let root = xtask::root().display().to_string();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_default();
    let target = xtask::toolchain::target_dir().display().to_string();
    let paths = [std::env::var("HOME").unwrap_or_default(), cargo_home, root, target];
    let places = paths.iter().map(String::as_str).chain(more.iter().copied()).filter(|place| place.len() > 1);
    let places: Vec<String> = places.map(|place| format!("--regexp={place}/")).collect();
    let found = |places: &[String]| {
        let mut grep = Command::new("grep");
        grep.args(["--recursive", "--fixed-strings", "--only-matching", "--text"]).args(places).arg(top);
        let found = grep.output().expect("grep runs");
        assert!(matches!(found.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&found.stderr));
        String::from_utf8_lossy(&found.stdout).into_owned()
    };
    assert_eq!(found(&places), "");
    // Prove that the search works: the libraries contain paths of the standard library, which are
    // the same everywhere.
    assert!(found(&["--regexp=/rustc/".to_owned()]).contains("libdesk"));
}
