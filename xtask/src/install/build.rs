//! Builds libdesk for installation: the shared library with its SONAME, and the archive in which
//! only the API is global.
//!
//! rustc makes an archive, from which the C compiler links the shared library. A release build has
//! its own target folder and contains no path of the build machine. A debug build contains paths; it
//! shares a target folder, and so the dependencies, with all other debug builds.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::names::{Names, functions};
use crate::toolchain::{self, c_compiler, cargo, finish};

/// The built files.
pub(crate) struct Built {
    pub(crate) shared: PathBuf,
    /// The line numbers of `shared`; debuggers find this file by its name.
    pub(crate) debug: PathBuf,
    pub(crate) archive: PathBuf,
    /// The libraries that a program with the archive needs, as rustc reports them: `-lgcc_s -lc`
    /// and so on.
    pub(crate) system_libs: String,
    /// Lock held until these files are copied: another run would overwrite them.
    _lock: File,
}

/// A reference to the function that unwinding calls in each frame. The symbol must stay global: two
/// Rust archives in one program share it, because the linker keeps one copy of the section with
/// this name.
const PERSONALITY: &str = "DW.ref.rust_eh_personality";

/// Keeps dlclose from unmapping the library: when a thread ends, code of the library drops the
/// thread's Rust values.
pub(crate) const NODELETE: &str = "-Clink-arg=-Wl,-z,nodelete";

/// Builds the libraries.
pub(crate) fn run(debug: bool, names: &Names) -> Result<Built> {
    ensure!(cfg!(target_os = "linux"), "install knows the libraries of Linux only");
    for tool in ["ld", "objcopy", "ar"] {
        let found = Command::new(tool).arg("--version").stdout(Stdio::null()).status();
        found.with_context(|| format!("cannot run {tool}; install binutils (Debian: apt-get install binutils)"))?;
    }
    let own = toolchain::target_dir().join("install");
    let (target, profile, folder) =
        if debug { (toolchain::target_dir(), "dev", "debug") } else { (own.clone(), "dist", "dist") };
    let (out, stage) = (target.join(folder), own.join(folder).join("stage"));
    fs::create_dir_all(&stage).with_context(|| format!("cannot create {}", stage.display()))?;
    let lock = File::create(stage.join("lock")).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.with_context(|| format!("cannot lock {}", stage.display()))?;
    let libs = stage.join("native-static-libs");
    let mut cargo = cargo();
    cargo.args(["rustc", "--package", "desk-ffi", "--profile", profile, "--crate-type", "staticlib"]);
    cargo.arg("--target-dir").arg(&target);
    if !debug {
        without_paths(&mut cargo, &target);
    }
    finish(cargo.arg("--").arg(format!("--print=native-static-libs={}", libs.display())))?;
    let system_libs = fs::read_to_string(&libs).with_context(|| libs.display().to_string())?.trim().to_owned();
    let header = fs::read_to_string(crate::root().join("include/desk.h")).context("include/desk.h")?;
    let (rust, functions) = (out.join("libdesk.a"), functions(&header));

    let built = link(&rust, &functions, &system_libs, names, &stage)?;
    let (shared, symbols) = (stage.join(&names.shared), stage.join(format!("{}.debug", names.shared)));
    finish(Command::new("objcopy").arg("--only-keep-debug").arg(&built).arg(&symbols))?;
    let mut debug_link = OsString::from("--add-gnu-debuglink=");
    debug_link.push(&symbols);
    finish(Command::new("objcopy").arg("--strip-unneeded").arg(debug_link).arg(&built).arg(&shared))?;

    let archive = archive(&rust, &functions, &stage)?;
    Ok(Built { shared, debug: symbols, archive, system_libs, _lock })
}

/// Links the shared library from the archive that rustc made. Its optimised code is in both, so that
/// it is compiled once.
fn link(built: &Path, functions: &BTreeSet<String>, system_libs: &str, names: &Names, stage: &Path) -> Result<PathBuf> {
    let (script, shared) = (stage.join("exports.map"), stage.join("libdesk.so"));
    let exports: String = functions.iter().map(|name| format!("{name};\n")).collect();
    fs::write(&script, format!("{{ global:\n{exports}local: *; }};\n"))
        .with_context(|| script.display().to_string())?;
    let mut version_script = OsString::from("-Wl,--version-script=");
    version_script.push(&script);
    let mut cc = Command::new(c_compiler()?);
    cc.args([
        "-shared",
        "-nodefaultlibs",
        "-Wl,--gc-sections",
        "-Wl,--as-needed",
        "-Wl,-z,relro,-z,now",
        "-Wl,--build-id",
    ]);
    cc.arg(NODELETE.trim_start_matches("-Clink-arg=")).arg(format!("-Wl,-soname,{}", names.soname)).arg(version_script);
    cc.arg("-Wl,--whole-archive").arg(built).arg("-Wl,--no-whole-archive").args(system_libs.split(' '));
    finish(cc.arg("-o").arg(&shared))?;
    Ok(shared)
}

/// The archive as one object in which only the API is global: the other symbols of a Rust archive
/// would clash with those of a second one in the same program (rust-lang/rust#44322).
fn archive(built: &Path, functions: &BTreeSet<String>, stage: &Path) -> Result<PathBuf> {
    let keep = stage.join("global-symbols");
    let names: Vec<&str> = functions.iter().map(String::as_str).chain([PERSONALITY]).collect();
    fs::write(&keep, names.join("\n")).with_context(|| keep.display().to_string())?;

    let object = stage.join("libdesk.o");
    let mut ld = Command::new("ld");
    ld.args(["-r", "--whole-archive"]).arg(built).arg("-o").arg(&object);
    finish(&mut ld)?;
    // Bitcode would make ar call the LLVM plugin. Only the shared library comes with line numbers.
    let mut objcopy = Command::new("objcopy");
    objcopy.args(["--remove-section=.llvmbc", "--remove-section=.llvmcmd", "--strip-unneeded"]);
    let mut global = OsString::from("--keep-global-symbols=");
    global.push(&keep);
    finish(objcopy.arg(global).arg(&object))?;

    let archive = stage.join("libdesk.a");
    // `ar` would add to an existing archive.
    let _ = fs::remove_file(&archive);
    finish(Command::new("ar").arg("rcsD").arg(&archive).arg(&object))?;
    Ok(archive)
}

/// Replaces the build machine's folders in panic messages and debug information, of Rust and of C
/// dependencies.
fn without_paths(cargo: &mut Command, target: &Path) {
    let home = std::env::var("HOME").unwrap_or_default();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    let (root, target) = (crate::root().display().to_string(), target.display().to_string());
    // The last match wins, so the general prefixes come first.
    let folders = [(home.as_str(), "/home"), (&cargo_home, "/cargo"), (&root, "/desk"), (&target, "/target")];
    let folders = || folders.iter().filter(|(folder, _)| folder.len() > 1);

    let mut rust: Vec<String> = match std::env::var("CARGO_ENCODED_RUSTFLAGS") {
        Ok(flags) => flags.split('\x1f').map(str::to_owned).collect(),
        Err(_) => std::env::var("RUSTFLAGS").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    };
    rust.extend(folders().map(|(from, to)| format!("--remap-path-prefix={from}={to}")));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\x1f"));

    let mut c = std::env::var("CFLAGS").unwrap_or_default();
    for (from, to) in folders() {
        c.push_str(&format!(" -ffile-prefix-map={from}={to}"));
    }
    cargo.env("CFLAGS", c.trim_start());
}
